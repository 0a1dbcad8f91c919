// Envelopes: what their signature covers, and which ones are refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode, type Value } from "@sonm/protocol/values/codec";
import type { Address, Hex, JobId } from "@sonm/protocol/values/ids";
import { bytesToHex, concat, keccak256, recoverAddress, stringToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { readEnvelope, seal, unseal } from "../../../../offchain/host/net/envelope.ts";
import { NetBadEnvelope } from "../../../../offchain/host/net/errors.ts";
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
const envelope = decode(sealed) as { to: Address; at: number; body: Uint8Array; signature: Hex };
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

test("the signature covers a tag, the addressee, the time in eight bytes, and the hash of the content", async () => {
  const time: Hex = "0x00000000000003e8";
  const hash = keccak256(
    concat([keccak256(stringToHex("SONM message 1")), reader.address, time, keccak256(encode(message))]),
  );
  assert.equal(await recoverAddress({ hash, signature: envelope.signature }), sender.address);
  assert.equal((await readEnvelope(sealed)).id, keccak256(concat([hash, sender.address])));
  assert.equal(bytesToHex(envelope.body), bytesToHex(encode(message)));
});

test("small and capital letters in the reader's address make no difference", async () => {
  const small = reader.address.toLowerCase() as Address;
  assert.deepEqual((await unseal(small, sealed)).message, message);
  assert.deepEqual((await unseal(reader.address, await seal(sender, small, message, 1))).message, message);
});

/** Why these bytes are no message to the reader. */
async function refusalOf(bytes: Uint8Array): Promise<string> {
  const error = await unseal(reader.address, bytes).then(
    () => assert.fail("it was taken"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof NetBadEnvelope);
  return error.why;
}
const changed = (change: Readonly<Record<string, Value>>) => encode({ ...envelope, ...change });

test("bytes that are no envelope are refused with one sentence as the reason", async () => {
  assert.match(await refusalOf(Uint8Array.of()), /^The bytes are not valid: /);
  assert.equal(await refusalOf(encode(7)), "The value is not valid: envelope must be an object, not 7");
  assert.match(await refusalOf(encode({})), /^The value is not valid: envelope\.to must be an address/);
  assert.equal(await refusalOf(changed({ body: "text" })), "envelope.body is not bytes");
  assert.match(await refusalOf(changed({ at: -1 })), /^The value is not valid: envelope\.at must be an integer/);
});

test("a signature with a wrong length, or that fits no key, is refused", async () => {
  const { signature } = envelope;
  const longer = `${signature.slice(0, 130)}00${signature.slice(130)}`;
  assert.match(await refusalOf(changed({ signature: longer })), /^The value is not valid: envelope\.signature must be/);
  for (const bad of ["0x", signature.slice(0, 100), `0x${"00".repeat(65)}`]) {
    assert.doesNotMatch(await refusalOf(changed({ signature: bad })), /^\w*Error: /);
  }
});

test("a well signed envelope without a valid message is refused with one sentence as the reason", async () => {
  const nonsense = await seal(sender, reader.address, { ...message, batch: -1 } as Message, 1);
  assert.match(await refusalOf(nonsense), /^The value is not valid: message\.batch must be an integer 0 … 4294967295/);
});

test("an account that has only an address cannot seal", async () => {
  const { sign: _, ...watched } = sender;
  await assert.rejects(seal(watched as typeof sender, reader.address, message, 1), /the key of 0x\w{40} cannot sign/);
});
