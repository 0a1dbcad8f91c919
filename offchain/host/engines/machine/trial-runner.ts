// Makes trials, each in a process of its own: the memory of a run is not that of whoever asks for it, and is gone with its end.
import { fork } from "node:child_process";
import { extname } from "node:path";
import { Failure } from "@sonm/protocol/values/failure";
import { type TaskFailure, unpacked } from "./task-failure.ts";
import type { Tried, Trying } from "./trial.ts";

/** What the process says: how many steps it has done, and at last how it ended. */
export type Said = { readonly steps: number } | { readonly answer: Tried } | { readonly failure: TaskFailure };

/** The process runs a file of the same kind as this one: a TypeScript source, or the JavaScript that it was compiled to. */
const file = new URL(`./trial-process${extname(import.meta.url)}`, import.meta.url);
/** MiB of objects of the process, besides the memory of the machine. */
const HEAP_MIB = 1024;

/**
 * Makes a trial.
 * @param onProgress hears the number of steps so far, every second or two
 * @param stop ends it at once
 * @throws NeedsMoreMemory, and Failure if its process ends before it
 */
export function runTrial(question: Trying, onProgress: (steps: number) => void, stop: AbortSignal): Promise<Tried> {
  const child = fork(file, {
    serialization: "advanced",
    execArgv: ["--disable-warning=ExperimentalWarning", `--max-old-space-size=${HEAP_MIB}`],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    signal: stop,
    killSignal: "SIGKILL",
  });
  return new Promise((resolve, reject) => {
    const lost = (why: string) =>
      reject(
        new Failure("The trial was not finished", why, "start again, with smaller inputs if it was out of memory"),
      );
    child.on("message", (said: Said) => {
      if ("steps" in said) onProgress(said.steps);
      else if ("answer" in said) resolve(said.answer);
      else reject(unpacked(said.failure, question.memory));
    });
    child.on("error", (error) => lost(stop.aborted ? "it was stopped" : `its process: ${error.message}`));
    child.on("exit", (code, signal) => lost(`its process has ended (${signal ?? code})`));
    child.send(question, (error) => error && lost(`its process: ${error.message}`));
  });
}
