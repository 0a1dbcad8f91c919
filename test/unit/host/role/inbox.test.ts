// Mail is read a page at a time, each letter for itself: what is wrong with one costs that one alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Value } from "@sonm/protocol/values/codec";
import type { JobId } from "@sonm/protocol/values/ids";
import type { Lane, Received } from "../../../../offchain/host/net/peer.ts";
import { createInbox, type Prepare } from "../../../../offchain/host/role/inbox.ts";
import type { Desk, Kept, Table } from "../../../../offchain/host/role/journal.ts";
import { addressOf } from "../../agents/fixtures.ts";

const job = `0x${"11".repeat(32)}` as JobId;
const letter = (batch: number): Received => ({
  id: `0x${batch}`,
  from: addressOf(1),
  message: { kind: "accept", job, batch, attempt: 0 },
});

function tableOf<T extends Value>(): Table<T> {
  const rows = new Map<string, T>();
  return {
    get: (id) => rows.get(id),
    put: (id, value) => void rows.set(id, value),
    add: (id, value) => !rows.has(id) && rows.set(id, value) !== undefined,
    delete: (id) => void rows.delete(id),
    all: () => [...rows.values()],
    entries: () => [...rows],
  };
}

/** A reader at a store that hands out two letters of a lane at a time. */
function reader(letters: Received[], prepare: Prepare, laneOf: (letter: Received) => Lane = () => "known") {
  const state = {
    cursors: { known: 0, newcomers: 0 },
    asked: [] as Lane[],
    now: 0,
    noted: [] as string[],
    aside: [] as string[],
    down: new Set<Lane>(),
  };
  const desk: Desk = {
    get: (lane) => state.cursors[lane],
    advance: (lane, cursor, note) =>
      desk.together(() => {
        note();
        state.cursors[lane] = cursor;
      }),
    together(note) {
      const before = [...state.noted];
      try {
        note();
      } catch (error) {
        state.noted = before;
        throw error;
      }
    },
    kept: tableOf<Kept>(),
  };
  const peer = {
    async messages(lane: Lane, since: number) {
      state.asked.push(lane);
      if (state.down.has(lane)) throw new Error("the store is down");
      const later = letters.flatMap((letter, i) =>
        i >= since && laneOf(letter) === lane ? [[letter, i + 1] as const] : [],
      );
      const page = later.slice(0, 2);
      const next = page.length === 2 ? (page[1]?.[1] ?? 0) : letters.length;
      return { messages: page.map(([letter]) => letter), next };
    },
  };
  const open = () =>
    createInbox(
      peer,
      desk,
      prepare,
      ({ id }, why) => state.aside.push(`${id}: ${why}`),
      () => state.now,
    );
  return { state, desk, open };
}

const noting =
  (state: () => { noted: string[] }, fails: (letter: Received) => boolean = () => false): Prepare =>
  async (received) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (fails(received)) throw new Error("the node has failed");
    return () => void state().noted.push(received.id);
  };

/** A reader whose check of every letter fails. */
function failingReader(letters: Received[], laneOf?: (letter: Received) => Lane) {
  const made: ReturnType<typeof reader> = reader(
    letters,
    noting(
      () => made.state,
      () => true,
    ),
    laneOf,
  );
  return made;
}

test("all mail is noted once, in order, a page a look", async () => {
  const { state, open } = reader(
    [1, 2, 3, 4, 5].map(letter),
    noting(() => state),
  );
  const inbox = open();
  const more: boolean[] = [];
  for (let i = 0; i < 4; i++) more.push(await inbox.look());
  assert.deepEqual(state.noted, ["0x1", "0x2", "0x3", "0x4", "0x5"]);
  assert.deepEqual(more, [true, true, true, false]);
  assert.equal(state.asked.filter((lane) => lane === "known").length, 4);
  assert.equal(inbox.readTo(), 5);
});

test("a page whose noting fails is read again", async () => {
  let broken = true;
  const { state, open } = reader([letter(1), letter(2)], ({ id }) => () => {
    if (broken && id === "0x2") throw new Error("no room");
    state.noted.push(id);
  });
  await assert.rejects(open().look(), /no room/);
  assert.deepEqual([state.cursors.known, state.noted], [0, []]);
  broken = false;
  await open().look();
  assert.deepEqual(state.noted, ["0x1", "0x2"]);
});

test("S1: a letter whose check fails holds up no other, and is tried again after ever longer pauses", async () => {
  let failing = true;
  const { state, desk, open } = reader(
    [1, 2, 3].map(letter),
    noting(
      () => state,
      ({ id }) => failing && id === "0x1",
    ),
  );
  const inbox = open();
  await inbox.look();
  await inbox.look();
  assert.deepEqual(state.noted, ["0x2", "0x3"]);
  assert.equal(inbox.readTo(), 0, "the first letter has not been read");
  assert.equal(desk.kept.all()[0]?.attempts, 1);
  state.now = 500;
  await inbox.look();
  assert.equal(desk.kept.all()[0]?.attempts, 2);
  state.now = 1_499;
  await inbox.look();
  assert.equal(desk.kept.all()[0]?.attempts, 2, "not before its second");
  failing = false;
  state.now = 1_500;
  await inbox.look();
  assert.deepEqual(state.noted, ["0x2", "0x3", "0x1"]);
  assert.equal(inbox.readTo(), 3);
  assert.deepEqual(state.aside, []);
});

test("S1: a letter whose check always fails is put aside with its reason, after five attempts over all lives", async () => {
  const { state, desk, open } = failingReader([letter(1)]);
  for (let life = 0; life < 4; life++) {
    await open().look();
    assert.deepEqual(state.aside, []);
  }
  const inbox = open();
  await inbox.look();
  assert.deepEqual(state.aside, ["0x1: the node has failed"]);
  assert.deepEqual(desk.kept.all(), []);
  assert.equal(inbox.readTo(), 1);
});

test("S1: no more than 256 letters are kept", async () => {
  const letters = Array.from({ length: 300 }, (_, i) => letter(i));
  const { state, desk, open } = failingReader(letters);
  const inbox = open();
  for (let i = 0; i < 150; i++) await inbox.look();
  assert.equal(desk.kept.all().length, 256);
  assert.equal(state.aside.length, 44);
});

/** The lane of a letter, by its batch. */
const mixed = (known: (batch: number) => boolean) => (received: Received) => {
  const { message } = received;
  return message.kind === "accept" && known(message.batch) ? "known" : "newcomers";
};

test("S1: a look reads a page of known senders, and then one of newcomers", async () => {
  const { state, open } = reader(
    [1, 2, 3, 4, 5, 6, 7, 8].map(letter),
    noting(() => state),
    mixed((batch) => batch > 5),
  );
  const inbox = open();
  await inbox.look();
  assert.deepEqual(state.noted, ["0x6", "0x7", "0x1", "0x2"]);
  assert.equal(inbox.readTo(), 2);
  await inbox.look();
  assert.deepEqual(state.noted.slice(4), ["0x8", "0x3", "0x4"]);
  assert.equal(inbox.readTo(), 4);
  assert.equal(await inbox.look(), true);
  assert.equal(inbox.readTo(), 8);
  assert.equal(await inbox.look(), false);
  assert.deepEqual(state.noted.slice(7), ["0x5"]);
});

test("S1: a role that has read all asks once a look", async () => {
  const { state, open } = reader(
    [1, 2].map(letter),
    noting(() => state),
    () => "newcomers",
  );
  const inbox = open();
  for (let i = 0; i < 4; i++) await inbox.look();
  assert.deepEqual(state.asked, ["known", "newcomers", "known", "known", "known"]);
});

test("S1: what was read of one lane is written down, and told, also if the other one cannot be read", async () => {
  const { state, open } = reader(
    [1, 2].map(letter),
    noting(() => state),
    mixed((batch) => batch === 2),
  );
  const inbox = open();
  state.down.add("newcomers");
  await assert.rejects(inbox.look(), /the store is down/);
  assert.deepEqual([state.noted, inbox.readTo(), inbox.written()], [["0x2"], 0, 1]);
  state.down.clear();
  await inbox.look();
  assert.deepEqual([state.noted, inbox.readTo()], [["0x2", "0x1"], 2]);
});

test("S1: letters of newcomers whose check fails leave half of the places to those of known senders", async () => {
  const letters = Array.from({ length: 300 }, (_, i) => letter(i));
  const { desk, open } = failingReader(
    letters,
    mixed((batch) => batch >= 300),
  );
  const inbox = open();
  const kept = (lane: Lane) => desk.kept.all().filter((one) => one.lane === lane).length;
  for (let i = 0; i < 160; i++) await inbox.look();
  assert.deepEqual([kept("known"), kept("newcomers")], [0, 128]);
  for (let i = 300; i < 500; i++) letters.push(letter(i));
  for (let i = 0; i < 160; i++) await inbox.look();
  assert.deepEqual([kept("known"), kept("newcomers")], [128, 128]);
});

test("while the store is down, nothing counts as a failure of a letter", async () => {
  const { state, desk, open } = failingReader([letter(1)]);
  const inbox = open();
  await inbox.look();
  state.down.add("known");
  for (let i = 0; i < 9; i++) {
    state.now += 100_000;
    await assert.rejects(inbox.look(), /the store is down/);
  }
  assert.equal(desk.kept.all()[0]?.attempts, 1);
});
