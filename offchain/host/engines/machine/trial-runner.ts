// Makes trials in a process of their own: the memory of a run is not that of whoever asks for it, and is gone when nothing is tried any more.
import { type ChildProcess, fork } from "node:child_process";
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

/** Milliseconds after which a process without a trial ends. To start one takes longer than most trials. */
const IDLE = 1000;

export type Trials = {
  /**
   * Makes a trial, after those that were asked for before.
   * @param onProgress hears the number of steps so far, every second or two
   * @throws NeedsMoreMemory, and Failure if its process ends before it
   */
  make(question: Trying, onProgress: (steps: number) => void): Promise<Tried>;
  /** Ends the one that is being made at once, and makes no other. */
  stop(): void;
};

type Trial = {
  readonly question: Trying;
  onProgress(steps: number): void;
  resolve(tried: Tried): void;
  reject(error: Failure): void;
};

const lost = (why: string) =>
  new Failure("The trial was not finished", why, "start again, with smaller inputs if it was out of memory");

/** One process makes all trials that follow each other. It starts when it is first needed. */
export function createTrials(): Trials {
  let child: ChildProcess | undefined;
  let current: Trial | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let stopped = false;

  function start(): ChildProcess {
    const started = fork(file, {
      serialization: "advanced",
      execArgv: ["--disable-warning=ExperimentalWarning", `--max-old-space-size=${HEAP_MIB}`],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const lose = (why: string) => {
      // One that was idle may end while another one works.
      if (child !== started) return;
      child = undefined;
      current?.reject(lost(stopped ? "it was stopped" : `its process ${why}`));
    };
    started.on("message", (said: Said) => {
      if ("steps" in said) current?.onProgress(said.steps);
      else if ("answer" in said) current?.resolve(said.answer);
      else current?.reject(unpacked(said.failure, current.question.memory));
    });
    started.on("error", ({ message }) => lose(`has failed: ${message}`));
    started.on("exit", (code, signal) => lose(`has ended (${signal ?? code})`));
    return started;
  }

  /** Whether this process lives for as long as the other one. */
  function hold(one: ChildProcess, isHeld: boolean): void {
    const how = isHeld ? "ref" : "unref";
    one[how]();
    one.channel?.[how]();
  }

  async function makeNow(question: Trying, onProgress: (steps: number) => void): Promise<Tried> {
    if (stopped) throw lost("it was stopped");
    clearTimeout(idle);
    child ??= start();
    const one = child;
    hold(one, true);
    try {
      return await new Promise<Tried>((resolve, reject) => {
        current = { question, onProgress, resolve, reject };
        one.send(question, (error) => error && reject(lost(`its process cannot be asked: ${error.message}`)));
      });
    } finally {
      current = undefined;
      hold(one, false);
      idle = setTimeout(() => {
        if (child === one) child = undefined;
        if (one.connected) one.disconnect();
      }, IDLE).unref();
    }
  }

  return {
    make(question, onProgress) {
      const trial = last.then(() => makeNow(question, onProgress));
      last = trial.catch(() => {});
      return trial;
    },
    stop() {
      stopped = true;
      child?.kill("SIGKILL");
    },
  };
}
