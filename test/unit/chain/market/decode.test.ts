// Events are decoded as viem decodes them, only faster.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bisectionAbi } from "@sonm/chain/abi/bisection";
import { jobBoardAbi } from "@sonm/chain/abi/job-board";
import { resultsAbi } from "@sonm/chain/abi/results";
import type { MinedLog } from "@sonm/chain/logs";
import { createDecoder } from "@sonm/chain/market/decode";
import fc from "fast-check";
import {
  type AbiEvent,
  type AbiParameter,
  concat,
  decodeEventLog,
  encodeAbiParameters,
  type Hex,
  numberToHex,
  padHex,
  toEventSelector,
} from "viem";
import { fuzz } from "../../../support/fuzz.ts";
import { addressOf } from "../stub-chain.ts";

const abi = [...jobBoardAbi, ...resultsAbi, ...bisectionAbi];
const events = abi.filter((item): item is (typeof abi)[number] & { type: "event" } => item.type === "event");
const decode = createDecoder(abi);

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((all): Hex => `0x${Buffer.from(all).toString("hex")}`);

/** Any value of a parameter, as viem takes it. */
function anyOf(parameter: AbiParameter): fc.Arbitrary<unknown> {
  const { type } = parameter;
  const list = /^(.*)\[(\d*)\]$/.exec(type);
  if (list) {
    const [, item = "", size] = list;
    const length = size ? { minLength: Number(size), maxLength: Number(size) } : { maxLength: 5 };
    return fc.array(anyOf({ ...parameter, type: item }), length);
  }
  if ("components" in parameter)
    return fc.record(Object.fromEntries(parameter.components.map((one) => [one.name ?? "", anyOf(one)])));
  if (type === "bool") return fc.boolean();
  if (type === "address") return bytes(20);
  if (type === "string") return fc.string();
  if (type.startsWith("bytes")) return bytes(Number(type.slice(5)));
  const bits = Number(type.slice(4));
  const most = 2n ** BigInt(bits) - 1n;
  const value = fc.oneof(fc.constantFrom(0n, 1n, most), fc.bigInt({ min: 0n, max: most }));
  return bits <= 48 ? value.map(Number) : value;
}

const noted = { blockNumber: 5n, address: addressOf(1) };
const logOf = (topics: readonly Hex[], data: Hex) => ({ ...noted, topics, data }) as unknown as MinedLog;

const logs = fc.constantFrom(...(events as AbiEvent[])).chain((event) =>
  fc.tuple(...event.inputs.map(anyOf)).map((values) => {
    const inputs = event.inputs.map((input, i) => ({ input, value: values[i] }));
    const [indexed, others] = [true, false].map((is) => inputs.filter(({ input }) => (input.indexed ?? false) === is));
    const topics = (indexed ?? []).map(({ input, value }) => encodeAbiParameters([input], [value]));
    const data = encodeAbiParameters(
      (others ?? []).map(({ input }) => input),
      (others ?? []).map(({ value }) => value),
    );
    return { event, topics: [toEventSelector(event), ...topics], data };
  }),
);

describe("G3: events", () => {
  test("of all kinds are what viem says", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(logs, ({ event, topics, data }) => {
        const [selector = "0x", ...rest] = topics;
        const { args = {} } = decodeEventLog({ abi: [event], topics: [selector, ...rest], data });
        assert.deepEqual(decode(logOf(topics, data)), { eventName: event.name, args, blockNumber: 5n });
        seen.add(event.name);
      }),
      fuzz(500),
    );
    assert.ok(seen.size > 10, [...seen].join());
  });

  test("are none where something is missing, too large, or no number at all", () => {
    const event = events.find(({ name }) => name === "ClaimPosted") ?? assert.fail();
    const name = padHex("0x12", { size: 32 });
    const topics = [toEventSelector(event as AbiEvent), name, name, padHex("0x34", { size: 32 })];
    const words = (batch: bigint, attempt = 0n) =>
      concat([...[batch, attempt, 7n].map((value) => numberToHex(value, { size: 32 })), name]);
    const most = 2n ** 32n - 1n;
    assert.equal(decode(logOf(topics, words(most)))?.eventName, "ClaimPosted");
    assert.equal(decode(logOf(topics, words(most + 1n))), undefined, "a batch has 32 bits");
    assert.equal(decode(logOf(topics, words(0n, 2n ** 255n))), undefined, "so has an attempt");
    assert.equal(decode(logOf(topics, words(0n).slice(0, -2) as Hex)), undefined, "a byte is missing");
    assert.equal(decode(logOf(topics, words(0n).replace(/..$/, "zz") as Hex)), undefined, "these are no digits");
    assert.equal(decode(logOf(topics, "0x")), undefined);
    assert.equal(decode(logOf(topics.slice(0, 3), words(0n))), undefined, "a topic is missing");
    assert.equal(decode(logOf([...topics, name], words(0n))), undefined, "there is one too many");
    assert.equal(decode(logOf([name, ...topics.slice(1)], words(0n))), undefined, "of no kind that is known");
    assert.equal(decode(logOf([], "0x")), undefined);
  });
});
