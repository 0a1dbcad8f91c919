// `sonm doctor`: looks at all that an operator needs, and says what to do about what is not as it should be.
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem, totalmem } from "node:os";
import { dirname } from "node:path";
import { connect, latest, type Reader } from "@sonm/chain/clients";
import { requireSameChain } from "@sonm/chain/deployment";
import { nameOfNode, nodeErrorIn } from "@sonm/chain/transport/trouble";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { Command, Option } from "commander";
import { getAddress } from "viem";
import { dataHome } from "../../host/access/data-home.ts";
import { readDeployment } from "../../host/access/deployment-file.ts";
import { addressOfKeystore } from "../../host/access/keystore.ts";
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
  type SeenNode,
} from "./findings.ts";

type Options = NetworkOptions & { readonly net: string };

/** Milliseconds that the store and Docker have for an answer. */
const ANSWER = 5_000;

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
  return [...judged, ...silent, ofClock(now, Math.floor(Date.now() / 1000)), await contracts, ...gas];
}

async function keystoreFinding(keystore: string | undefined): Promise<readonly [Finding, Address | undefined]> {
  const what = "key";
  if (!keystore) {
    const todo = "name your keystore: --keystore FILE, or SONM_KEYSTORE=FILE; `sonm key new FILE` makes one";
    return [{ what, state: "note", says: "no keystore is named", todo }, undefined];
  }
  try {
    const address = await addressOfKeystore(keystore);
    const says = address ? `${getAddress(address)}, in ${keystore}` : `${keystore} does not name its address`;
    return [{ what, state: "right", says }, address];
  } catch (error) {
    return [ofFailure(what, error), undefined];
  }
}

async function storeFinding(net: string): Promise<Finding> {
  const what = "store";
  try {
    const response = await fetch(`${net.replace(/\/$/, "")}/newest`, { signal: AbortSignal.timeout(ANSWER) });
    const answer = await response.text();
    if (response.ok && /^\d+$/.test(answer)) return { what, state: "right", says: net };
    return { what, state: "wrong", says: `${net} is no store`, todo: "correct --net or SONM_NET" };
  } catch (error) {
    const says = `${net} does not answer: ${(error as Error).message}`;
    return { what, state: "wrong", says, todo: "start it (`sonm store start`), or name another one: SONM_NET=URL" };
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
    .summary("is all there that a role needs, and if not, what to do")
    .description(
      "Looks at what an operator needs: the node and its chain, the clocks, the contracts, your key and its gas, the store, disk, memory, " +
        "Docker and versions. Nothing is changed. The exit code is 1 if anything is wrong.",
    );
  examples(command, [
    ["sonm doctor", "of the network that SONM_RPC, SONM_DEPLOYMENT, SONM_KEYSTORE and SONM_NET name"],
  ]);
  return answering<Options>(command, async (_, options, terminal) => {
    const [key, account] = await keystoreFinding(options.keystore);
    const findings: Finding[] = [
      { what: "sonm", state: "right", says: versionOfPackage() },
      ofNode(process.versions.node),
      ...(await chainFindings(options, account)),
      key,
      await storeFinding(options.net),
      await diskFinding(),
      ofMemory(totalmem(), freemem()),
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
