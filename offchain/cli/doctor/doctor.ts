// `sonm doctor`: looks at all that an operator needs, and says what to do about what is not as it should be.
import { once } from "node:events";
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { freemem, totalmem } from "node:os";
import { dirname } from "node:path";
import { connect, isLoopback, latest, type Reader } from "@sonm/chain/clients";
import { requireSameChain } from "@sonm/chain/deployment";
import { nameOfNode, nodeErrorIn } from "@sonm/chain/transport/trouble";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { plain } from "@sonm/protocol/values/plain";
import { Command, Option } from "commander";
import { getAddress } from "viem";
import { dataHome } from "../../host/access/data-home.ts";
import { readDeployment } from "../../host/access/deployment-file.ts";
import { addressOfKeystore, openKeystore, readPassword } from "../../host/access/keystore.ts";
import { joined, partsOf } from "../../host/net/answer.ts";
import { DEFAULT_STORE } from "../../host/net/place.ts";
import { fields, type Terminal } from "../../host/terminal/terminal.ts";
import { versionOfPackage } from "../help.ts";
import { type NetworkOptions, nodesOf, takesNetwork } from "../network.ts";
import { answering, examples } from "../verb.ts";
import {
  type Finding,
  ofClock,
  ofDisk,
  ofFailure,
  ofGas,
  ofMemory,
  ofNode,
  ofNodes,
  ofPort,
  ofStoreClock,
  type PortState,
  type SeenNode,
} from "./findings.ts";

type Options = NetworkOptions & { readonly net: string; readonly passwordFile?: string };

/** Milliseconds that the store and Docker have for an answer. */
const ANSWER = 5_000;
/** Bytes of an answer that are looked at. */
const MOST_SAID = 200;

async function checked(what: string, check: () => Promise<Finding>): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    return ofFailure(what, error);
  }
}

type Node = { readonly reader: Reader; readonly seen: SeenNode };

/** A node, or what is wrong with it. */
async function nodeAt(url: string): Promise<Node | Finding> {
  try {
    const reader = await connect(url);
    const { block, now } = await latest(reader);
    return { reader, seen: { name: nameOfNode(url), chainId: reader.chainId, block, now } };
  } catch (error) {
    const silent = nodeErrorIn(error);
    if (!silent) return ofFailure("chain", error);
    return ofFailure("chain", new Failure(silent.node, silent.trouble.why, "look at the node, or name another one"));
  }
}

/** The nodes, each for itself, and what can only be asked of one. */
async function chainFindings(options: Options, account: Address | undefined): Promise<Finding[]> {
  const { deployment, keystore } = options;
  const found = await Promise.all([nodesOf(options)].flat().map(nodeAt));
  const nodes = found.filter((one): one is Node => "reader" in one);
  const silent = found.filter((one): one is Finding => "what" in one);
  const [first] = nodes;
  if (!first) return silent;
  const {
    reader,
    seen: { now },
  } = first;
  const judged = ofNodes(nodes.map(({ seen }) => seen));
  const contracts = checked("contracts", async () => {
    if (!deployment) {
      const todo = "name the file that `deploy` wrote: --deployment FILE, or SONM_DEPLOYMENT=FILE";
      return { what: "contracts", state: "wrong", says: "no deployment is named", todo };
    }
    const known = readDeployment(deployment);
    requireSameChain(reader, known, `the deployment in ${deployment}`);
    const { addresses } = known;
    if (await reader.client.getCode({ address: addresses.jobBoard })) {
      return { what: "contracts", state: "right", says: `as in ${deployment}` };
    }
    const says = `there is no contract at ${addresses.jobBoard}, as ${deployment} says`;
    return { what: "contracts", state: "wrong", says, todo: "deploy anew, or use the file of this chain" };
  });
  const gas =
    account && keystore ? [ofGas(await reader.client.getBalance({ address: account }), getAddress(account))] : [];
  return [
    ...judged,
    ...silent,
    await softwareFinding(reader),
    ofClock(now, Math.floor(Date.now() / 1000)),
    await contracts,
    ...gas,
  ];
}

/** Says what the node is, as it says it itself. */
async function softwareFinding({ client }: Reader): Promise<Finding> {
  const what = "node";
  try {
    const says = plain(String(await client.request({ method: "web3_clientVersion" }))).slice(0, MOST_SAID);
    return { what, state: "right", says };
  } catch {
    return { what, state: "note", says: "it does not say what software it is" };
  }
}

/** The keystore; if its password is at hand, also whether that fits. Nobody is asked for it. */
async function keystoreFinding({ keystore, passwordFile }: Options): Promise<readonly [Finding, Address | undefined]> {
  const what = "key";
  if (!keystore) {
    const todo = "name your keystore: --keystore FILE, or SONM_KEYSTORE=FILE; `sonm key new FILE` makes one";
    return [{ what, state: "note", says: "no keystore is named", todo }, undefined];
  }
  try {
    if (passwordFile !== undefined || process.env.SONM_PASSWORD !== undefined) {
      const { address } = await openKeystore(keystore, await readPassword(passwordFile, ""));
      return [{ what, state: "right", says: `${address}, in ${keystore}; the password fits` }, address];
    }
    const address = await addressOfKeystore(keystore);
    const says = address ? `${getAddress(address)}, in ${keystore}` : `${keystore} does not name its address`;
    return [{ what, state: "right", says }, address];
  } catch (error) {
    return [ofFailure(what, error), undefined];
  }
}

/** Whether something could listen there. */
async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** The store, its clock, and its port. */
async function storeFindings(net: string): Promise<Finding[]> {
  const what = "store";
  if (!URL.canParse(net) || !/^https?:/.test(net)) {
    return [{ what, state: "wrong", says: `${net} is no URL`, todo: `write it like ${DEFAULT_STORE}` }];
  }
  const { hostname, port: given, protocol } = new URL(net);
  const port = Number(given) || (protocol === "https:" ? 443 : 80);
  const isHere = isLoopback(net);
  const atPort = (state: PortState) => ofPort(isHere ? state : "elsewhere", port);
  try {
    const response = await fetch(`${net.replace(/\/$/, "")}/newest`, { signal: AbortSignal.timeout(ANSWER) });
    const date = Date.parse(response.headers.get("date") ?? "");
    const answer = new TextDecoder().decode(await joined(partsOf(response, MOST_SAID, () => {})));
    if (!response.ok || !/^\d+$/.test(answer)) {
      const todo = "correct --net or SONM_NET";
      return [{ what, state: "wrong", says: `${net} is no store`, todo }, atPort("taken")];
    }
    const clock = Number.isNaN(date) ? [] : [ofStoreClock(date / 1000, Math.floor(Date.now() / 1000))];
    return [{ what, state: "right", says: net }, ...clock, atPort("store")];
  } catch (error) {
    const says = `${net} does not answer: ${(error as Error).message}`;
    const todo = "start it (`sonm store start`), or name another one: SONM_NET=URL";
    const isTaken = isHere && !(await isFree(hostname.replace(/[[\]]/g, ""), port));
    return [{ what, state: "wrong", says, todo }, atPort(isTaken ? "taken" : "free")];
  }
}

async function dockerFinding(): Promise<Finding> {
  const what = "Docker";
  try {
    const { default: Docker } = await import("dockerode");
    const { Version } = await new Docker({ timeout: ANSWER }).version();
    return { what, state: "right", says: `engine ${Version}` };
  } catch {
    return { what, state: "note", says: "no engine answers. None is needed: programs run in the embedded machine" };
  }
}

async function diskFinding(): Promise<Finding> {
  const folder = dataHome();
  let place = folder;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  const { bavail, bsize } = await statfs(place);
  return ofDisk(bavail * bsize, folder);
}

/** Bytes of memory, in all and available. A container may have less than its computer. */
function memory(): [total: number, free: number] {
  const limit = process.constrainedMemory();
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return [total, Math.min(freemem(), process.availableMemory(), total)];
}

const marks = { right: ["green", "✓"], note: ["yellow", "!"], wrong: ["red", "✗"] } as const;

/** The findings for people: a line each, and what to do below it. */
export function doctorLines(findings: readonly Finding[], terminal: Terminal): string[] {
  return fields(
    terminal,
    findings.flatMap(({ what, state, says, todo }): [string, string][] => {
      const [style, mark] = marks[state];
      const line: [string, string] = [what, `${terminal.paint(style, mark)} ${says}`];
      return todo === undefined ? [line] : [line, ["", `  → ${todo}`]];
    }),
  );
}

export function doctor(): Command {
  const command = takesNetwork(new Command("doctor"))
    .addOption(new Option("--net <url>", "the store").env("SONM_NET").default(DEFAULT_STORE))
    .addOption(
      new Option("--password-file <file>", "the key's password, to see whether it fits; else SONM_PASSWORD").env(
        "SONM_PASSWORD_FILE",
      ),
    )
    .summary("is all there that a role needs, and if not, what to do")
    .description(
      "Looks at what an operator needs: the node and its chain, the clocks, the contracts, your key and its gas, the store and its port, disk, " +
        "memory, Docker and versions. Nothing is changed. The exit code is 1 if anything is wrong.",
    );
  examples(command, [
    ["sonm doctor", "of the network that SONM_RPC, SONM_DEPLOYMENT, SONM_KEYSTORE and SONM_NET name"],
  ]);
  return answering<Options>(command, async (_, options, terminal) => {
    const [key, account] = await keystoreFinding(options);
    const findings: Finding[] = [
      { what: "sonm", state: "right", says: versionOfPackage() },
      ofNode(process.versions.node),
      ...(await chainFindings(options, account)),
      key,
      ...(await storeFindings(options.net)),
      await diskFinding(),
      ofMemory(...memory()),
      await dockerFinding(),
    ];
    const wrong = findings.filter(({ state }) => state === "wrong").length;
    const end = wrong === 0 ? "Nothing is wrong." : `${wrong} ${wrong === 1 ? "thing is" : "things are"} wrong.`;
    return {
      lines: [...doctorLines(findings, terminal), "", end],
      data: { findings, wrong },
      exitCode: wrong > 0 ? 1 : 0,
    };
  });
}
