import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobId } from "@sonm/protocol/values/ids";
import { readMail } from "../../../../offchain/host/net/inbox.ts";
import type { Peer, Received } from "../../../../offchain/host/net/peer.ts";
import { addressOf } from "../../agents/fixtures.ts";

const job = `0x${"11".repeat(32)}` as JobId;
const letter = (batch: number): Received => ({
  id: String(batch),
  from: addressOf(1),
  message: { kind: "accept", job, batch, attempt: 0 },
});

/** A peer whose store hands out two letters at a time. */
function peerWith(letters: Received[]): Peer {
  return {
    address: addressOf(2),
    messages: async (since: number) => {
      const messages = letters.slice(since, since + 2);
      return { messages, next: since + messages.length };
    },
  } as unknown as Peer;
}

function bookmark() {
  const state = { cursor: 0, noted: [] as string[] };
  return {
    state,
    get: () => state.cursor,
    advance(cursor: number, note: () => void) {
      const before = [...state.noted];
      try {
        note();
        state.cursor = cursor;
      } catch (error) {
        state.noted = before;
        throw error;
      }
    },
  };
}

test("all mail is noted once, in order", async () => {
  const letters = [1, 2, 3, 4, 5].map(letter);
  const mark = bookmark();
  const note =
    ({ id }: Received) =>
    () =>
      void mark.state.noted.push(id);
  assert.equal(await readMail(peerWith(letters), mark, note), 5);
  assert.equal(await readMail(peerWith(letters), mark, note), 5);
  assert.deepEqual(mark.state.noted, ["1", "2", "3", "4", "5"]);
});

test("mail whose noting fails is read again", async () => {
  const mark = bookmark();
  let broken = true;
  const note =
    ({ id }: Received) =>
    () => {
      if (broken && id === "2") throw new Error("no room");
      mark.state.noted.push(id);
    };
  await assert.rejects(readMail(peerWith([letter(1), letter(2)]), mark, note), /no room/);
  assert.deepEqual(mark.state, { cursor: 0, noted: [] });
  broken = false;
  await readMail(peerWith([letter(1), letter(2)]), mark, note);
  assert.deepEqual(mark.state.noted, ["1", "2"]);
});

test("a check that takes its time is awaited before anything is noted", async () => {
  const mark = bookmark();
  const prepare = async ({ id }: Received) => {
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(mark.state.noted, []);
    return () => void mark.state.noted.push(id);
  };
  await readMail(peerWith([letter(1), letter(2)]), mark, prepare);
  assert.deepEqual(mark.state.noted, ["1", "2"]);
});
