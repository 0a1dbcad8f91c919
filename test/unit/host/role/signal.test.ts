// How a process at work ends: in order at the first signal, at once at the second.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, describe, test } from "node:test";
import { untilSignal } from "../../../../offchain/host/role/signal.ts";

after(() => process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM"));

const source = new URL("../../../../offchain/host/role/signal.ts", import.meta.url).href;
const started: ChildProcess[] = [];
after(() => {
  for (const child of started) child.kill("SIGKILL");
});

/**
 * A process at work. Told to end it says "ending", ends what is running (which takes until its stdin is closed), and says "ended".
 * `line` is the next line that it says, undefined after the last; `code` its exit code.
 */
async function startProcess() {
  const script = `
    const { untilSignal } = await import(${JSON.stringify(source)});
    const stop = () => new Promise((ended) => {
      console.log("ending");
      process.stdin.on("end", () => { console.log("ended"); ended(); }).resume();
    });
    const atWork = setInterval(() => {}, 1000);
    const until = untilSignal({ stop });
    console.log("at work");
    await until;
    clearInterval(atWork);
    console.log("left");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  started.push(child);
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => (await lines.next()).value as string | undefined;
  assert.equal(await line(), "at work");
  return { child, line, code: async () => (await exited)[0] as number | null };
}

describe("a process at work", { timeout: 60_000 }, () => {
  test("U13: ends without a signal when its work has ended, and says which of the two it was", async () => {
    const stopped: string[] = [];
    const running = { stop: async () => void stopped.push("stopped") };
    assert.equal(await untilSignal(running, Promise.resolve()), false);
    assert.deepEqual(stopped, ["stopped"]);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`ends in order at ${signal}, and waits for what is running`, async () => {
      const { child, line, code } = await startProcess();
      child.kill(signal);
      assert.equal(await line(), "ending");
      child.stdin?.end();
      assert.deepEqual([await line(), await line(), await line()], ["ended", "left", undefined]);
      assert.equal(await code(), 0);
    });
  }

  for (const [first, second] of [
    ["SIGINT", "SIGINT"],
    ["SIGINT", "SIGTERM"],
    ["SIGTERM", "SIGINT"],
  ] as const) {
    test(`ends at once at ${second} after ${first}, whatever is running`, async () => {
      const { child, line, code } = await startProcess();
      child.kill(first);
      assert.equal(await line(), "ending");
      child.kill(second);
      assert.equal(await code(), 1);
      assert.equal(await line(), undefined);
    });
  }
});
