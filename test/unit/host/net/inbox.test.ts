// The inbox hands over every letter once, and saves its position together with what was noted about the letters.
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

/** A peer whose store hands out `atATime` letters in one answer. `asked` lists the numbers from which mail was requested. */
function peerWith(letters: Received[], atATime = 2): Peer & { readonly asked: number[] } {
  const asked: number[] = [];
  return {
    address: addressOf(2),
    asked,
    messages: async (since: number) => {
      asked.push(since);
      const messages = letters.slice(since, since + atATime);
      return { messages, next: since + messages.length };
    },
  } as unknown as Peer & { readonly asked: number[] };
}

function bookmark() {
  const state = { cursor: 0, noted: [] as string[] };
  const advanced: number[] = [];
  return {
    state,
    /** each position that it was advanced to */
    advanced,
    get: () => state.cursor,
    advance(cursor: number, note: () => void) {
      advanced.push(cursor);
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

test("all letters are read in one call, also if each answer has only one", async () => {
  const mark = bookmark();
  const peer = peerWith([1, 2, 3].map(letter), 1);
  const note = ({ id }: Received) => {
    return () => void mark.state.noted.push(id);
  };
  assert.equal(await readMail(peer, mark, note), 3);
  assert.deepEqual(mark.state.noted, ["1", "2", "3"]);
});

test("without new mail nothing is written, and the store gets one request", async () => {
  const mark = bookmark();
  const peer = peerWith([]);
  assert.equal(await readMail(peer, mark, () => assert.fail("there is no letter")), 0);
  assert.deepEqual([mark.advanced, peer.asked], [[], [0]]);
});

test("letters to others advance the bookmark, and the store gets one request", async () => {
  const mark = bookmark();
  const asked: number[] = [];
  const messages = async (since: number) => {
    asked.push(since);
    return { messages: [], next: 7 };
  };
  const peer = { ...peerWith([]), messages };
  assert.equal(await readMail(peer, mark, () => assert.fail("there is no letter")), 7);
  assert.deepEqual([mark.state.cursor, asked], [7, [0]]);
});
