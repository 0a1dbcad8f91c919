// The process that reads what is wrong. It may run out of memory, hang or be aborted: `watch.ts` sees that, and finds the case in a file.
//
//   node reader.ts '{"names":["elf"],"seed":1,"runs":300,"file":"/tmp/case"}'
import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { wrongBytes } from "./changes.ts";
import { decoders } from "./decoders.ts";
import type { Decoder } from "./kit.ts";
import type { Finding, Reading, Task } from "./watch.ts";

const { names, seed, runs, until, file }: Task = JSON.parse(process.argv[2] ?? "{}");

/** KiB that the process may ever have in memory. A decoder gets inputs of at most 1 MiB. */
const MOST_RSS = 900 * 1024;

const milliseconds = () => process.cpuUsage().user / 1000;

/** Whether it is an error that the decoder announces: of that very class, because every wrong cast is an `Error`, too. */
function isRefusal({ refuses }: Decoder, error: unknown): boolean {
  return refuses.some((one) => (one === Error ? (error as Error)?.constructor === Error : error instanceof one));
}

async function search(decoder: Decoder, round: number): Promise<Reading> {
  let [slowest, returned, cases] = [0, 0, 0];
  const property = fc.asyncProperty(wrongBytes(decoder.seeds, decoder.format), async (bytes) => {
    cases++;
    writeFileSync(file, bytes);
    const [begun, before] = [milliseconds(), process.resourceUsage().maxRSS];
    try {
      await decoder.read(bytes);
      returned++;
    } catch (error) {
      if (!isRefusal(decoder, error)) throw error;
    }
    slowest = Math.max(slowest, milliseconds() - begun);
    const { maxRSS } = process.resourceUsage();
    if (maxRSS > MOST_RSS && maxRSS > before) throw new Error(`${Math.round(maxRSS / 1024)} MiB are in memory`);
  });
  const numRuns = Math.max(1, Math.round(runs * (decoder.share ?? 1)));
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed: round, numRuns });
  let finding: Finding | undefined;
  if (failed) {
    const [bytes = new Uint8Array()] = counterexample ?? [];
    const error = errorInstance as Error | undefined;
    finding = { why: error?.stack ?? String(error), hex: Buffer.from(bytes).toString("hex") };
  }
  return { name: decoder.name, seed: round, cases, returned, slowest: Math.round(slowest), finding };
}

for (const decoder of decoders.filter(({ name }) => names.length === 0 || names.includes(name))) {
  let round = seed;
  do {
    const reading = await search(decoder, round);
    process.stdout.write(`${JSON.stringify(reading)}\n`);
    if (reading.finding) break;
    round++;
  } while (until !== undefined && Date.now() < until);
}
