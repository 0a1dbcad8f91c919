// A thread of an executor: carries out one task after the other.
import { parentPort } from "node:worker_threads";
import { Failure } from "@sonm/protocol/values/failure";
import { type TaskName, tasks } from "./tasks.ts";

parentPort?.on("message", ({ name, question }: { name: TaskName; question: unknown }) => {
  try {
    parentPort?.postMessage({ answer: (tasks[name] as (question: unknown) => unknown)(question) });
  } catch (error) {
    // An error loses its class when it is copied between threads.
    const { what, why, todo } =
      error instanceof Failure ? error : { what: `Task ${name} failed`, why: String(error), todo: "" };
    parentPort?.postMessage({ failure: [what, why, todo] });
  }
});
