// A thread of an executor: carries out one task after the other.
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { checkpointsIn } from "./checkpoint-files.ts";
import type { Answer, ThreadSettings } from "./executor.ts";
import { packed } from "./task-failure.ts";
import { createTasks, type TaskName } from "./tasks.ts";

const { memory, checkpoints, niceness = 0 } = workerData as ThreadSettings;
const post = (answer: Answer) => parentPort?.postMessage(answer);
const tasks = createTasks({
  memory,
  checkpointsOf: checkpoints && ((name) => checkpointsIn(checkpoints, name, (trouble) => post({ trouble }))),
});

// On Linux this is about the calling thread alone. Elsewhere it is about the whole process, whose games would stand back too.
if (niceness > 0 && process.platform === "linux") setPriority(0, niceness);

parentPort?.on("message", ({ name, question }: { name: TaskName; question: unknown }) => {
  try {
    post({ answer: (tasks[name] as (question: unknown) => unknown)(question) });
  } catch (error) {
    post({ failure: packed(name, error) });
  }
});
