import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode, type Value } from "@sonm/protocol/values/codec";
import type { JobId } from "@sonm/protocol/values/ids";
import { privateKeyToAccount } from "viem/accounts";
import { seal, unseal } from "../../../../offchain/host/net/envelope.ts";
import type { Message } from "../../../../offchain/host/net/message.ts";

const sender = privateKeyToAccount(`0x${"01".repeat(32)}`);
const reader = privateKeyToAccount(`0x${"02".repeat(32)}`);
const other = privateKeyToAccount(`0x${"03".repeat(32)}`);
const message: Message = { kind: "accept", job: `0x${"11".repeat(32)}` as JobId, batch: 3, attempt: 1 };
const sealed = await seal(sender, reader.address, message, 1000);

test("the reader learns who sent what", async () => {
  const received = await unseal(reader.address, sealed);
  assert.deepEqual([received.from, received.message], [sender.address, message]);
});

test("somebody else cannot take it for its own", async () => {
  await assert.rejects(unseal(other.address, sealed), /it is for/);
});

// After any change, the message no longer counts as the sender's.
const envelope = decode(sealed) as { to: string; at: number; body: Uint8Array; signature: string };
const changes: [string, Record<string, Value>][] = [
  ["addressee", { to: other.address }],
  ["time", { at: 1001 }],
  ["body", { body: encode({ ...message, batch: 4 }) }],
];
for (const [name, change] of changes) {
  test(`a changed ${name} is not the sender's word`, async () => {
    const bytes = encode({ ...envelope, ...change } as Value);
    const outcome = await unseal(name === "addressee" ? other.address : reader.address, bytes).then(
      ({ from }) => from,
      () => "refused",
    );
    assert.notEqual(outcome, sender.address);
  });
}

test("two sendings of one message have different ids", async () => {
  const again = await seal(sender, reader.address, message, 1001);
  assert.notEqual((await unseal(reader.address, again)).id, (await unseal(reader.address, sealed)).id);
});

test("bytes that are no envelope are refused", async () => {
  for (const bytes of [Uint8Array.of(), encode(7), encode({}), encode({ ...envelope, body: "text" } as Value)]) {
    await assert.rejects(unseal(reader.address, bytes), /The message is not valid/);
  }
});
