// What a start costs when much has happened on the chain: a process that opens a journal and looks for the first time, before a node that
// answers from generated logs.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { numberToHex } from "viem";
import { guardChild } from "../../offchain/devnet/guard.ts";
import { type ChainLog, happen, named } from "../../test/unit/chain/market/model-chain.ts";
import { deployment } from "../../test/unit/chain/stub-chain.ts";
import { type Bench, type Figure, figure } from "./figure.ts";

const COUNTS = [0, 3000, 30_000];
const SECONDS = 3;
/** 250 MB */
const MEBIBYTES = 250e6 / 2 ** 20;

const BATCHES_OF_JOB = 64;
const CLAIMS_OF_BLOCK = 10;
/** Blocks after the last claim: whatever has ended before them is final. */
const QUIET_BLOCKS = 200;
const BLOCK_SECONDS = 12;

const hashOf = (block: number) => named("block", block);
const timeOf = (block: number) => numberToHex(1_700_000_000 + BLOCK_SECONDS * block);

/** The logs of each block, as the node writes them. All claims are settled. */
function blocksOf(claims: number): string[][] {
  // Nothing happens in the blocks before the deployment.
  const blocks: string[][] = [[], []];
  for (let first = 0; first < claims; first += CLAIMS_OF_BLOCK) {
    const logs: ChainLog[] = [];
    for (let claim = first; claim < Math.min(claims, first + CLAIMS_OF_BLOCK); claim++) {
      const [job, batch] = [`${Math.floor(claim / BATCHES_OF_JOB)}`, claim % BATCHES_OF_JOB];
      const size = Math.min(BATCHES_OF_JOB, claims - claim);
      if (batch === 0) logs.push(happen.post(job, size));
      logs.push(happen.claim(`${claim}`, job, batch), happen.settle(`${claim}`), happen.pay(job, batch));
    }
    const block = blocks.length;
    const place = { blockNumber: numberToHex(block), blockHash: hashOf(block), blockTimestamp: timeOf(block) };
    blocks.push(
      logs.map((log, logIndex) =>
        JSON.stringify({
          ...{ address: log.address, topics: log.topics, data: log.data, removed: false, ...place },
          ...{ logIndex: numberToHex(logIndex), transactionIndex: "0x0", transactionHash: named(block, logIndex) },
        }),
      ),
    );
  }
  for (let quiet = 0; quiet < QUIET_BLOCKS; quiet++) blocks.push([]);
  return blocks;
}

type Call = { readonly id: number; readonly method: string; readonly params?: readonly unknown[] };

/** A node of a chain of these blocks. */
async function startNode(blocks: readonly (readonly string[])[]) {
  const head = blocks.length - 1;
  const hashes = new Map(blocks.map((_, block) => [hashOf(block) as string, block]));
  const numberOf = (at: unknown) => (at === "latest" ? head : Number(at));
  const blockAt = (number: number) =>
    JSON.stringify({
      ...{ number: numberToHex(number), hash: hashOf(number), parentHash: hashOf(number - 1) },
      ...{ timestamp: timeOf(number), transactions: [] },
    });
  const answers: Record<string, (params: readonly unknown[]) => string> = {
    eth_chainId: () => JSON.stringify(numberToHex(deployment.chainId)),
    eth_blockNumber: () => JSON.stringify(numberToHex(head)),
    eth_getBlockByNumber: ([at]) => blockAt(numberOf(at)),
    eth_getBlockByHash: ([hash]) => blockAt(hashes.get(String(hash)) ?? head),
    eth_getLogs([filter]) {
      const { fromBlock, toBlock, blockHash } = filter as Record<string, string | undefined>;
      const only = blockHash === undefined ? undefined : hashes.get(blockHash);
      const [from, to] = [only ?? numberOf(fromBlock), only ?? numberOf(toBlock)];
      return `[${blocks
        .slice(from, to + 1)
        .flat()
        .join(",")}]`;
    },
  };
  const answer = ({ id, method, params = [] }: Call) => {
    const known = answers[method];
    if (!known) return JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32_601, message: method } });
    return `{"jsonrpc":"2.0","id":${id},"result":${known(params)}}`;
  };
  const server = createServer(async (request, response) => {
    const asked = JSON.parse(await text(request)) as Call | Call[];
    response.setHeader("content-type", "application/json");
    response.end(Array.isArray(asked) ? `[${asked.map(answer).join(",")}]` : answer(asked));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const moduleAt = (path: string) => JSON.stringify(new URL(`../../offchain/${path}`, import.meta.url).href);
/** What every role does before it works, and no more. */
const FIRST_LOOK = `
  const { connect } = await import(${moduleAt("chain/clients.ts")});
  const { createObserver } = await import(${moduleAt("chain/market/observer.ts")});
  const { openJournal } = await import(${moduleAt("host/role/journal.ts")});
  const [url, path, deployment] = process.argv.slice(-3);
  const journal = openJournal(path);
  const checkpoint = journal.checkpoint();
  const observer = createObserver(await connect(url), JSON.parse(deployment), { follows: () => false, checkpoint });
  const { block } = await observer.look();
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ block, cpu: (userCPUTime + systemCPUTime) / 1e6, rss: maxRSS / 1024 }));
  journal.close();
  process.exit();`;

/** Seconds until a process has looked for the first time, those in which it computed, and MiB that it took at most. */
type Start = { readonly seconds: number; readonly cpu: number; readonly rss: number };

async function start(url: string, journal: string): Promise<Start> {
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", FIRST_LOOK, "--"];
  const begin = performance.now();
  const child = spawn(process.execPath, [...args, url, journal, JSON.stringify(deployment)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  guardChild(child);
  const said = await text(child.stdout);
  const seconds = (performance.now() - begin) / 1000;
  return { seconds, ...(JSON.parse(said) as Omit<Start, "seconds">) };
}

const SOURCES = ["logs", "a checkpoint"] as const;
const nameOf = (what: string, source: string, count: number) =>
  `${what}, ${count.toLocaleString("en-US")} settled claims of others, from ${source}`;
const namesOf = (count: number) =>
  SOURCES.flatMap((source) =>
    ["start", "CPU of a start", "peak memory of a start"].map((what) => nameOf(what, source, count)),
  );

async function measureStarts(wanted: (name: string) => boolean): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const count of COUNTS.filter((count) => namesOf(count).some(wanted))) {
    const folder = await mkdtemp(join(tmpdir(), "sonm-start-"));
    const node = await startNode(blocksOf(count));
    try {
      for (const source of SOURCES) {
        // The first one leaves a checkpoint to the second.
        const { seconds, cpu, rss } = await start(node.url, join(folder, "journal.sqlite"));
        figures.push(
          figure(nameOf("start", source, count), seconds, { unit: "s", better: "lower", target: SECONDS }),
          // Beside other work this says more.
          figure(nameOf("CPU of a start", source, count), cpu, { unit: "s", better: "lower", target: SECONDS }),
          figure(nameOf("peak memory of a start", source, count), rss, {
            unit: "MiB",
            better: "lower",
            target: MEBIBYTES,
          }),
        );
      }
    } finally {
      node.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }
  return figures;
}

export const startBench: Bench = {
  name: "growth",
  about: "A start when others have done much: from the start of the process to its first look",
  measure: measureStarts,
};
