// What a role lets another one say to it: every kind of message with the first and last value of each field, and nothing beyond.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkMessage } from "../../../../offchain/host/net/message.ts";
import { hashOf, job } from "../../agents/fixtures.ts";

type Fields = Readonly<Record<string, unknown>>;

const bytesOf = (count: number) => `0x${"ab".repeat(count)}`;
const isBatch = { first: 0, last: 2 ** 32 - 1, wrong: [-1, 2 ** 32, 0.5, 1n, "1"] };
const isTime = { first: 0n, last: 2n ** 64n - 1n, wrong: [-1n, 2n ** 64n, 1] };
const isAmount = { first: 0n, last: 2n ** 128n - 1n, wrong: [-1n, 2n ** 128n, 1] };
const isId = { first: hashOf(0), last: `0x${"f".repeat(64)}`, wrong: [bytesOf(31), bytesOf(33), "f".repeat(64), 1] };
const isSignature = { first: "0x", last: bytesOf(4096), wrong: [bytesOf(4097), "0xabc", 1] };
const isText = { first: "", last: "x".repeat(1000), wrong: ["x".repeat(1001), 1] };
const isJob = {
  first: job,
  last: { ...job, units: 2 ** 32 - 1 },
  wrong: [{ ...job, units: 0 }, { ...job, price: 0n }, { ...job, salt: undefined }, "a job", [job]],
};
const isSlots = { first: 0, last: 10_000, wrong: [-1, 10_001] };
const isMinPay = isAmount;

type Bounds = { readonly first: unknown; readonly last: unknown; readonly wrong: readonly unknown[] };
const messages: Readonly<Record<string, Readonly<Record<string, Bounds>>>> = {
  "ask-quote": { job: isJob },
  quote: { job: isId, expiry: isTime, signature: isSignature },
  "refuse-quote": { job: isId, reason: isText },
  announce: { slots: isSlots, minPay: isMinPay },
  assign: {
    job: isJob,
    batch: isBatch,
    attempt: isBatch,
    pay: isAmount,
    expiry: isTime,
    signature: isSignature,
  },
  accept: { job: isId, batch: isBatch, attempt: isBatch },
  decline: { job: isId, batch: isBatch, attempt: isBatch, reason: isText },
  "ask-results": { claim: isId },
  results: { claim: isId, content: isId },
};

for (const [kind, fields] of Object.entries(messages)) {
  describe(kind, () => {
    const valuesOf = (end: "first" | "last"): Fields => {
      const entries = Object.entries(fields).map(([name, bounds]) => [name, bounds[end]]);
      return { kind, ...Object.fromEntries(entries) };
    };

    test("is taken with the first and with the last value of each field, and kept as it is", () => {
      for (const message of [valuesOf("first"), valuesOf("last")]) assert.deepEqual(checkMessage(message), message);
    });

    test("is refused with a value beyond, or without one, and the field is named", () => {
      for (const [name, { wrong }] of Object.entries(fields)) {
        for (const value of [...wrong, undefined, null]) {
          const named =
            fields[name] === isJob ? /message\.job|The job is not valid/ : new RegExp(`message\\.${name} must`);
          assert.throws(() => checkMessage({ ...valuesOf("first"), [name]: value }), named, String(value));
        }
      }
    });

    test("comes without fields that it does not have", () => {
      assert.deepEqual(checkMessage({ ...valuesOf("first"), more: 1 }), valuesOf("first"));
    });
  });
}

test("a job comes without fields that it does not have", () => {
  const message = checkMessage({ kind: "ask-quote", job: { ...job, more: 1 } });
  assert.deepEqual(message, { kind: "ask-quote", job });
});

test("a kind that does not exist is refused, also one that every object has", () => {
  for (const kind of ["nonsense", "toString", "constructor", "__proto__", "", "x".repeat(40)]) {
    assert.throws(() => checkMessage({ kind }), /message\.kind must be "a known one"/, kind);
  }
});

test("a kind that is too long, is no text or is missing is refused, and so is what is no message", () => {
  for (const kind of ["x".repeat(41), 7, undefined]) {
    assert.throws(() => checkMessage({ kind }), /message\.kind must be text of at most 40 characters/);
  }
  for (const value of [undefined, null, "accept", 7, [{ kind: "accept" }]]) {
    assert.throws(() => checkMessage(value), /message must be an object/);
  }
});
