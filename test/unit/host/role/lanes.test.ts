// A role that was off, its store and a flood of letters of newcomers: it reads those first who were known before, and all in the end.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Address, JobId } from "@sonm/protocol/values/ids";
import { numberToHex, padHex } from "viem";
import type { Lane, Received } from "../../../../offchain/host/net/peer.ts";
import { openStore } from "../../../../offchain/host/net/store.ts";
import { createInbox } from "../../../../offchain/host/role/inbox.ts";
import { openJournal } from "../../../../offchain/host/role/journal.ts";
import { addressOf } from "../../agents/fixtures.ts";

const DAY = 24 * 3600 * 1000;
const [ROLE, HUB] = [addressOf(1), addressOf(2)];
const newcomer = (i: number): Address => padHex(numberToHex(0x1000 + i), { size: 20 });

/** A store with a clock, and a role whose journal is on the disk. A letter's content is its name. */
function network(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "sonm-lanes-"));
  const clock = { now: Date.UTC(2026, 0, 5) };
  const store = openStore(join(folder, "store"), { now: () => clock.now });
  t.after(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });
  const pages: number[] = [];
  const peer = {
    async messages(lane: Lane, since: number) {
      const { letters, more } = store.mail(ROLE, lane, since, 64, 2 ** 20);
      pages.push(letters.length);
      const messages = letters.map(({ bytes }): Received => {
        const message = { kind: "accept", job: "0x" as JobId, batch: 0, attempt: 0 } as const;
        return { id: Buffer.from(bytes).toString(), from: HUB, message };
      });
      return { messages, next: more ? (letters.at(-1)?.sequence ?? 0) : store.newest() };
    },
  };
  const open = () => {
    const journal = openJournal(join(folder, "journal"));
    const read = journal.table<string>("read");
    const prepare =
      ({ id }: Received) =>
      () =>
        void assert.ok(read.add(id, id), `${id} is read twice`);
    const inbox = createInbox(peer, journal.mail(), prepare, ({ id }, why) => assert.fail(`${id}: ${why}`));
    return { journal, inbox, read: () => read.all(), close: journal.close };
  };
  const send = (from: Address, id: string) =>
    store.deliver({ from, to: ROLE, id, at: clock.now, bytes: Buffer.from(id) });
  return { store, clock, open, send, pages };
}

test("S1: behind 5,000 letters of newcomers a role reads its hub's letter in its first look", async (t) => {
  const { store, clock, open, send, pages } = network(t);
  send(HUB, "of before");
  const before = open();
  await before.inbox.look();
  before.close();
  clock.now += DAY;
  for (let i = 0; i < 5000; i++) send(newcomer(i), `flood ${i}`);
  send(HUB, "assignment");
  pages.length = 0;
  const { inbox, read, close } = open();
  await inbox.look();
  assert.deepEqual(read().slice(0, 3), ["of before", "assignment", "flood 0"]);
  assert.deepEqual(pages, [1, 64], "a page of each lane, no larger than ever");
  assert.ok(inbox.readTo() < store.newest() - 4900, "there is older mail to be read");
  // While it reads the flood, it hears its hub at each look.
  send(HUB, "another one");
  await inbox.look();
  assert.ok(read().includes("another one"));
  let looks = 2;
  while (await inbox.look()) looks++;
  assert.equal(looks, Math.ceil(5000 / 64));
  assert.equal(read().length, 5003);
  assert.equal(inbox.readTo(), store.newest());
  close();
});

test("S1: over restarts in the middle of both lanes no letter is lost or read twice", async (t) => {
  const { store, clock, open, send } = network(t);
  const regulars = [0, 1, 2].map((i) => addressOf(10 + i));
  for (const one of regulars) store.deliver({ from: one, to: HUB, id: one, at: clock.now, bytes: Buffer.from(one) });
  clock.now += DAY;
  const sent: string[] = [];
  const some = (count: number, froms: readonly Address[]) => {
    for (let i = 0; i < count; i++) {
      const id = `letter ${sent.length}`;
      send(froms[i % froms.length] ?? HUB, id);
      sent.push(id);
    }
  };
  // Some who are newcomers now are known later, in the middle of their letters.
  const young = Array.from({ length: 100 }, (_, i) => newcomer(i));
  for (let life = 0; life < 12; life++) {
    some(40, young);
    some(70, regulars);
    some(90, young);
    clock.now += DAY / 4;
    const { inbox, close } = open();
    await inbox.look();
    close();
  }
  const { inbox, read, close } = open();
  while (await inbox.look());
  assert.deepEqual(new Set(read()), new Set(sent));
  assert.equal(read().length, sent.length);
  assert.equal(inbox.readTo(), store.newest());
  close();
});

test("S1: a journal of before there were lanes goes on in both, and neither misses a letter nor reads one twice", async (t) => {
  const { store, clock, open, send } = network(t);
  send(HUB, "read before");
  clock.now += DAY;
  send(newcomer(1), "read before, too");
  const { journal, close } = open();
  journal.table<number>("cursor").put("mail", store.newest());
  close();
  send(newcomer(2), "of a newcomer");
  send(HUB, "of the hub");
  const { inbox, read, close: end } = open();
  while (await inbox.look());
  assert.deepEqual(read(), ["of the hub", "of a newcomer"]);
  end();
});
