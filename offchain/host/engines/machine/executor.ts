// Runs long tasks in threads, so that a role meets its deadlines while it computes units. A role has two executors: one for computing,
// one for its games.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { Failure } from "@sonm/protocol/values/failure";
import type { CheckpointPlace } from "./checkpoint-files.ts";
import { type TaskFailure, unpacked } from "./task-failure.ts";
import type { TaskAnswer, TaskName, TaskQuestion } from "./tasks.ts";

export type Executor = {
  /**
   * Carries a task out as soon as a thread is free.
   * @param due the least goes first (unix seconds); tasks without it, and equal ones, start in the order of the calls, after all others
   */
  ask<K extends TaskName>(name: K, question: TaskQuestion<K>, due?: number): Promise<TaskAnswer<K>>;
  /** Ends the threads at once. Tasks that are not done fail. */
  stop(): Promise<void>;
};

/** What a thread may use. */
export type ThreadSettings = {
  /** bytes that the machines of the thread may take together; no limit if it is not given */
  readonly memory?: number | undefined;
  /** where it keeps checkpoints; nowhere if it is not given */
  readonly checkpoints?: CheckpointPlace | undefined;
  /** how far it stands back behind other programs, 0 … 19; 0 if it is not given */
  readonly niceness?: number | undefined;
};

export type ExecutorOptions = ThreadSettings & {
  /** MiB of objects of a thread, besides the memory of machines */
  readonly heapMiB?: number;
  /** hears why a checkpoint could not be written */
  readonly onTrouble?: ((why: string) => void) | undefined;
};

/** What a thread says. */
export type Answer = { readonly answer: unknown } | { readonly failure: TaskFailure } | { readonly trouble: string };

/** A thread runs a file of the same kind as this one: a TypeScript source, or the JavaScript that it was compiled to. */
const ending = extname(import.meta.url);

type Task = {
  readonly name: TaskName;
  readonly question: unknown;
  readonly due: number;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
};
type Thread = { readonly worker: Worker; task: Task | undefined };

/** A result has some hundred bytes for each of 32,768 units: more objects than these are a fault. */
const HEAP_MIB = 1024;

const LOST = (why: string) =>
  new Failure("The task was not finished", why, "it can be asked again: it gets a new thread");
const STOPPED = () => new Failure("The task was not finished", "the executor was stopped", "start the role again");

/**
 * An executor with this many threads (default 1). A thread starts when it is first needed. Questions and answers are copied
 * between threads.
 */
export function startExecutor(threads = 1, options: ExecutorOptions = {}): Executor {
  const { heapMiB = HEAP_MIB, onTrouble, memory, checkpoints, niceness } = options;
  const pool: Thread[] = [];
  const queue: Task[] = [];
  let stopped = false;

  function startThread(): Thread {
    const worker = new Worker(new URL(`./executor-thread${ending}`, import.meta.url), {
      workerData: { memory, checkpoints, niceness } satisfies ThreadSettings,
      resourceLimits: { maxOldGenerationSizeMb: heapMiB },
    });
    const thread: Thread = { worker, task: undefined };
    const end = (how: "resolve" | "reject", value: unknown) => {
      const { task } = thread;
      thread.task = undefined;
      // An idle thread must not keep the process alive; one that is being ended must, until it has ended.
      if (!stopped) worker.unref();
      task?.[how](value);
      next();
    };
    worker.on("message", (said: Answer) => {
      if ("answer" in said) return end("resolve", said.answer);
      if ("trouble" in said) return onTrouble?.(said.trouble);
      end("reject", unpacked(said.failure, memory ?? 0));
    });
    // The thread itself is lost: its task fails, and the next one gets a new thread.
    const lose = (why: string) => {
      const place = pool.indexOf(thread);
      if (place >= 0) pool.splice(place, 1);
      if (!stopped) end("reject", LOST(why));
    };
    worker.on("error", (error: NodeJS.ErrnoException) =>
      lose(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? `it needs more than ${heapMiB} MiB of objects` : String(error)),
    );
    worker.on("exit", () => lose("its thread has ended"));
    pool.push(thread);
    return thread;
  }

  function next(): void {
    const idle = pool.find(({ task }) => task === undefined) ?? (pool.length < threads ? undefined : null);
    if (idle === null || stopped) return;
    const [first] = queue;
    if (!first) return;
    const task = queue.reduce((best, one) => (one.due < best.due ? one : best), first);
    queue.splice(queue.indexOf(task), 1);
    const thread = idle ?? startThread();
    thread.task = task;
    thread.worker.ref();
    thread.worker.postMessage({ name: task.name, question: task.question });
  }

  return {
    ask<K extends TaskName>(
      name: K,
      question: TaskQuestion<K>,
      due = Number.POSITIVE_INFINITY,
    ): Promise<TaskAnswer<K>> {
      if (stopped) return Promise.reject(STOPPED());
      return new Promise<TaskAnswer<K>>((resolve, reject) => {
        queue.push({ name, question, due, resolve: resolve as (answer: unknown) => void, reject });
        next();
      });
    },
    async stop() {
      stopped = true;
      const open = [...queue.splice(0), ...pool.flatMap(({ task }) => (task ? [task] : []))];
      for (const task of open) task.reject(STOPPED());
      await Promise.all(pool.map(({ worker }) => worker.terminate()));
    },
  };
}
