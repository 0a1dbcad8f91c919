// Runs what takes long in threads, so that deadlines are met while units are computed. A role has two: one for computing, one for
// its games.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { Failure } from "@sonm/protocol/values/failure";
import type { TaskAnswer, TaskName, TaskQuestion } from "./tasks.ts";

export type Executor = {
  /** Carries a task out, as soon as a thread is free. First come, first served. */
  ask<K extends TaskName>(name: K, question: TaskQuestion<K>): Promise<TaskAnswer<K>>;
  /** Ends the threads at once. Tasks that are not done fail. */
  stop(): Promise<void>;
};

/** What a thread runs is a file of the same kind as this one: a source, or what it was compiled to. */
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
 * An executor of so many threads (default 1), which are started when they are first needed. What a thread is given and gives
 * back is copied.
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
      // A process that has nothing else to do may end.
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
