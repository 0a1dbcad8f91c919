// What a role says, to programs and to people: one line for each event.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { JobId } from "@sonm/protocol/values/ids";
import { parseEvent, type RoleEvent } from "../../../../offchain/host/role/happenings.ts";
import { textOf } from "../../../../offchain/host/role/log.ts";
import { createReporter, printJson, printText } from "../../../../offchain/host/role/reporter.ts";

const by = { role: "miner", name: "miner 1", at: 1_767_614_400 } as const;
const staked: RoleEvent = { ...by, kind: "staked", amount: "5" };
const silent: RoleEvent[] = [
  { ...by, kind: "idle", block: 1, mail: 2, wakeAt: null },
  { ...by, kind: "busy", with: ["announce"] },
  {
    ...by,
    ...{ kind: "progress", job: `0x${"1".repeat(64)}` as JobId, batches: 1, claimed: 1, settled: 0 },
    ...{ collected: 0, refunded: 0, settlesAt: null },
  },
];

/** What goes to a stream while `print` runs. */
function printed(stream: "stdout" | "stderr", print: () => void): string {
  const write = mock.method(process[stream], "write", () => true);
  try {
    print();
    return write.mock.calls.map(({ arguments: [chunk] }) => String(chunk)).join("");
  } finally {
    write.mock.restore();
  }
}

test("an event bears its reporter and the chain's time at the latest look", () => {
  const heard: RoleEvent[] = [];
  const reporter = createReporter("miner", "miner 1", (event) => heard.push(event));
  reporter.emit({ kind: "staked", amount: "5" });
  reporter.setNow(by.at);
  reporter.emit({ kind: "staked", amount: "5" });
  assert.deepEqual(heard, [{ ...staked, at: 0 }, staked]);
  assert.equal(reporter.now(), by.at);
});

test("programs read every event, a line each", () => {
  const events = [staked, ...silent];
  const lines = printed("stdout", () => events.forEach(printJson)).split("\n");
  assert.equal(lines.pop(), "");
  assert.deepEqual(lines.map(parseEvent), events);
});

test("people read what happens, not that nothing does", () => {
  assert.equal(
    printed("stderr", () => printText(staked)),
    `${textOf(staked)}\n`,
  );
  for (const event of silent)
    assert.equal(
      printed("stderr", () => printText(event)),
      "",
    );
});

test("a line that is no event is none", () => {
  for (const line of [
    "",
    "ready",
    "[]",
    "null",
    "{",
    "{}",
    '{"kind":"idle"}',
    '{"role":"hub"}',
    ' {"kind":"idle","role":"hub"}',
  ]) {
    assert.equal(parseEvent(line), undefined, line);
  }
});
