import { readFileSync } from "node:fs";
import { inputsRoot } from "@sonm/protocol/job/inputs";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { encodeManifest } from "@sonm/protocol/job/manifest";
import { loadElf } from "@sonm/protocol/machine/elf";
import { createMachine, outputOf } from "@sonm/protocol/machine/machine";
import { proveOutput } from "@sonm/protocol/machine/output";
import { witnessOf } from "@sonm/protocol/machine/witness";
import { claimId } from "@sonm/protocol/result/claim";
import { contentIdOf, encodeDelivery } from "@sonm/protocol/result/delivery";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import { bytesToHex } from "viem";
import { seal } from "../../../offchain/host/net/envelope.ts";
import type { Message } from "../../../offchain/host/net/message.ts";
import { hashOf, claim as someClaim, job as someJob } from "../agents/fixtures.ts";
import { account, NOW, reader, utf8 } from "./kit.ts";

export const image = new Uint8Array(readFileSync(new URL("../../../guest/bin/wordcount", import.meta.url)));
export const inputs = utf8("a b", "c");
export const runs = inputs.map((input) => {
  const machine = createMachine(loadElf(image), input);
  const witness = witnessOf(machine);
  machine.run(2 ** 18);
  const output = outputOf(machine);
  return { resultHash: bytesToHex(machine.stateHash()), output, proof: proveOutput(machine), witness };
});
export const inputRoots = inputs.map((_, i) => hashOf(i + 1));
export const manifest = encodeManifest({
  image: contentIdOf(image),
  inputs: inputs.map(contentIdOf),
  inputRoots,
  nonce: hashOf(9),
});
export const job: Job = {
  ...someJob,
  image: contentIdOf(image),
  inputsRoot: inputsRoot(inputRoots),
  units: 2,
  batchSize: 2,
  salt: contentIdOf(manifest),
};
export const units = runs.map(({ resultHash, output, proof }) => ({ resultHash, output: contentIdOf(output), proof }));
export const claimed = { ...someClaim, job: jobId(job) };
export const claim = {
  ...claimed,
  root: resultTreeOf(
    job,
    claimed,
    units.map(({ resultHash }) => resultHash),
  ).root,
};
export const delivery = encodeDelivery(units);

export const messages: readonly Message[] = [
  { kind: "ask-quote", job },
  { kind: "quote", job: jobId(job), expiry: 1_800_000_000n, signature: "0x1234" },
  { kind: "refuse-quote", job: jobId(job), reason: "too long" },
  { kind: "announce", slots: 3, minPay: 10n ** 18n },
  { kind: "assign", job, batch: 0, attempt: 1, pay: 7n, expiry: 1_800_000_000n, signature: `0x${"12".repeat(65)}` },
  { kind: "accept", job: jobId(job), batch: 0, attempt: 1 },
  { kind: "ask-results", claim: claimId(claim) },
  { kind: "results", claim: claimId(claim), content: contentIdOf(delivery) },
];
export const envelopes: Uint8Array[] = [];
for (const message of messages) envelopes.push(await seal(account, reader, message, NOW));
