import assert from "node:assert/strict";
import { test } from "node:test";
import { watchSignals } from "../../../offchain/devnet/interruption.ts";

const never = () => new Promise<never>(() => {});

test("U11: without a signal the work's own end counts", async () => {
  const { orStop, end } = watchSignals();
  assert.equal(await orStop(async () => 7), 7);
  await assert.rejects(
    orStop(async () => {
      throw new Error("its own");
    }),
    /its own/,
  );
  end();
});

test("U11: a signal stops work that is under way, again does nothing, and later work does not begin", async () => {
  const before = process.listenerCount("SIGTERM");
  const { orStop, signalled, end } = watchSignals();
  const working = orStop(never);
  process.kill(process.pid, "SIGTERM");
  process.kill(process.pid, "SIGINT");
  await assert.rejects(working, { what: "Stopped before the end", why: /^SIG(TERM|INT) has come$/ });
  await signalled;
  let begun = false;
  await assert.rejects(
    orStop(async () => {
      begun = true;
    }),
    /Stopped before the end/,
  );
  assert.equal(begun, false);
  end();
  assert.equal(process.listenerCount("SIGTERM"), before);
});
