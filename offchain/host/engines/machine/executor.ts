// Runs long tasks in threads, so that a role meets its deadlines while it computes units. A role has two executors: one for computing,
// one for its games.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { Failure } from "@sonm/protocol/values/failure";
import type { TaskAnswer, TaskName, TaskQuestion } from "./tasks.ts";

export type Executor = {
  /** Carries a task out as soon as a thread is free. Tasks start in the order of the calls. */
  ask<K extends TaskName>(name: K, question: TaskQuestion<K>): Promise<TaskAnswer<K>>;
  /** Ends the threads at once. Tasks that are not done fail. */
  stop(): Promise<void>;
};

/** A thread runs a file of the same kind as this one: a TypeScript source, or the JavaScript that it was compiled to. */
const ending = extname(import.meta.url);

type Task = {
  readonly name: TaskName;
  readonly question: unknown;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
};
type Thread = { readonly worker: Worker; task: Task | undefined };

const STOPPED = () => new Failure("The task was not finished", "the executor was stopped", "start the role again");

/**
 * An executor with this many threads (default 1). A thread starts when it is first needed. Questions and answers are copied
 * between threads.
 */
export function startExecutor(threads = 1): Executor {
  const pool: Thread[] = [];
  const queue: Task[] = [];
  let stopped = false;

  function startThread(): Thread {
    const worker = new Worker(new URL(`./executor-thread${ending}`, import.meta.url));
    const thread: Thread = { worker, task: undefined };
    const end = (how: "resolve" | "reject", value: unknown) => {
      const { task } = thread;
      thread.task = undefined;
      // An idle thread must not keep the process alive.
      worker.unref();
      task?.[how](value);
      next();
    };
    worker.on("message", ({ answer, failure }: { answer: unknown; failure?: [string, string, string] }) =>
      failure ? end("reject", new Failure(...failure)) : end("resolve", answer),
    );
    // The thread itself is lost (out of memory, for instance): its task fails, the next one gets a new thread.
    worker.on("error", (error) => {
      pool.splice(pool.indexOf(thread), 1);
      end("reject", error);
    });
    pool.push(thread);
    return thread;
  }

  function next(): void {
    const idle = pool.find(({ task }) => task === undefined) ?? (pool.length < threads ? undefined : null);
    if (idle === null || stopped) return;
    const task = queue.shift();
    if (!task) return;
    const thread = idle ?? startThread();
    thread.task = task;
    thread.worker.ref();
    thread.worker.postMessage({ name: task.name, question: task.question });
  }

  return {
    ask<K extends TaskName>(name: K, question: TaskQuestion<K>): Promise<TaskAnswer<K>> {
      if (stopped) return Promise.reject(STOPPED());
      return new Promise<TaskAnswer<K>>((resolve, reject) => {
        queue.push({ name, question, resolve: resolve as (answer: unknown) => void, reject });
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
