// Which messages are accepted: every kind, with the smallest and the largest value of each field, and nothing outside these bounds.
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

    test("is accepted unchanged with the smallest and with the largest value of each field", () => {
      for (const message of [valuesOf("first"), valuesOf("last")]) assert.deepEqual(checkMessage(message), message);
    });

    test("is refused with a wrong or missing value, and the error names the field", () => {
      for (const [name, { wrong }] of Object.entries(fields)) {
        for (const value of [...wrong, undefined, null]) {
          const named =
            fields[name] === isJob ? /message\.job|The job is not valid/ : new RegExp(`message\\.${name} must`);
          assert.throws(() => checkMessage({ ...valuesOf("first"), [name]: value }), named, String(value));
        }
      }
    });

    test("loses fields that do not belong to it", () => {
      assert.deepEqual(checkMessage({ ...valuesOf("first"), more: 1 }), valuesOf("first"));
    });
  });
}

test("a job loses fields that do not belong to it", () => {
  const message = checkMessage({ kind: "ask-quote", job: { ...job, more: 1 } });
  assert.deepEqual(message, { kind: "ask-quote", job });
});

test("an unknown kind is refused, also if it is the name of a property that every object has", () => {
  for (const kind of ["nonsense", "toString", "constructor", "__proto__", "", "x".repeat(40)]) {
    assert.throws(() => checkMessage({ kind }), /message\.kind must be "a known one"/, kind);
  }
});

test("a kind that is too long, no text or missing is refused, and so is a value that is no object", () => {
  for (const kind of ["x".repeat(41), 7, undefined]) {
    assert.throws(() => checkMessage({ kind }), /message\.kind must be text of at most 40 characters/);
  }
  for (const value of [undefined, null, "accept", 7, [{ kind: "accept" }]]) {
    assert.throws(() => checkMessage(value), /message must be an object/);
  }
});
