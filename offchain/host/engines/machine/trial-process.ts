// A process that makes trials, and ends when it is told to, or with the process that asks for them.
import { setImmediate } from "node:timers/promises";
import { packed } from "./task-failure.ts";
import { type Trying, tryOut } from "./trial.ts";
import type { Said } from "./trial-runner.ts";

const say = (said: Said) => new Promise((resolve) => process.send?.(said, resolve));

process.on("disconnect", () => process.exit());
process.on("message", async (question: Trying) => {
  try {
    const run = tryOut(question);
    let at = run.next();
    for (; !at.done; at = run.next()) {
      await say({ steps: at.value });
      // Whether the other process has ended is heard only in a pause.
      await setImmediate();
    }
    await say({ answer: at.value });
  } catch (error) {
    await say({ failure: packed("tryOut", error) });
  }
});
