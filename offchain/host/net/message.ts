// What roles say to each other. One table: it is the check of what arrives and the type of what is sent.

import { checkJob } from "@sonm/protocol/job/check";
import { type Job, jobTypes } from "@sonm/protocol/job/job";
import type { ClaimId, JobId } from "@sonm/protocol/values/ids";
import {
  bigInteger,
  contentId,
  hash32,
  hexBytes,
  integer,
  literal,
  object,
  type Shape,
  type Shaped,
  text,
} from "@sonm/protocol/values/shape";

const uint32 = integer(0, 2 ** 32 - 1);
const jobId = hash32 as Shape<JobId>;
const claimId = hash32 as Shape<ClaimId>;
/** ERC-1271 allows signatures of any length; 4 KiB hold a large multisignature. */
const signature = hexBytes(4096);
const seconds = bigInteger(0n, 2n ** 64n - 1n);
const wei = bigInteger();

const job: Shape<Job> = (value, place) => {
  const given = object(Object.fromEntries(jobTypes.Job.map(({ name }) => [name, (field: unknown) => field])))(
    value,
    place,
  );
  checkJob(given as Job);
  return given as Job;
};

/** Every kind of message and its fields. Amounts are wei of SNM, times unix seconds of the chain. */
const messages = {
  /** buyer → hub: sign a quote for this job, please. Image and manifest are published already. */
  "ask-quote": object({ kind: literal("ask-quote"), job }),
  /** hub → buyer: the roots are right and I accept the terms */
  quote: object({ kind: literal("quote"), job: jobId, expiry: seconds, signature }),
  /** hub → buyer: no, and why */
  "refuse-quote": object({ kind: literal("refuse-quote"), job: jobId, reason: text() }),

  /** miner → hub: I take `slots` batches at a time, for at least `minPay` a unit */
  announce: object({ kind: literal("announce"), slots: integer(0, 10_000), minPay: wei }),
  /** hub → miner: this batch is yours until `expiry` */
  assign: object({
    kind: literal("assign"),
    job,
    batch: uint32,
    attempt: uint32,
    pay: wei,
    expiry: seconds,
    signature,
  }),
  /** miner → hub: I am computing it */
  accept: object({ kind: literal("accept"), job: jobId, batch: uint32, attempt: uint32 }),
  /** miner → hub: I do not take this batch, and why */
  decline: object({ kind: literal("decline"), job: jobId, batch: uint32, attempt: uint32, reason: text() }),

  /** verifier, buyer → miner: show me the results behind this claim */
  "ask-results": object({ kind: literal("ask-results"), claim: claimId }),
  /** miner → buyer, verifier: they are published as this content (`delivery.ts`) */
  results: object({ kind: literal("results"), claim: claimId, content: contentId }),
} as const;

type MessageKind = keyof typeof messages;
export type Message = { [K in MessageKind]: Shaped<(typeof messages)[K]> }[MessageKind];

/** Checks a decoded message. Throws a `Failure` that names the field which is wrong. */
export function checkMessage(value: unknown): Message {
  const { kind } = object({ kind: text(40) })(value, "message");
  const shape = Object.hasOwn(messages, kind) ? messages[kind as MessageKind] : undefined;
  return (shape ?? object({ kind: literal("a known one") }))(value, "message") as Message;
}
