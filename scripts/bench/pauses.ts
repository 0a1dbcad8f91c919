// Loaded into a process before its own program (`node --import`): writes down for how long its main thread has answered nobody at most.
// It begins when the process gets SIGUSR2, because a start is not measured.
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

/** Environment variable with the folder that gets a file for each process, named by its id. */
export const PAUSES_FOLDER = "SONM_BENCH_PAUSES";

/** Milliseconds between two turns of the thread, at most. */
export type Pause = {
  /** by the clock */
  readonly passed: number;
  /** in which the thread computed: without what it has waited for, such as the disk and the programs beside it */
  readonly computed: number;
};

/** Milliseconds between two looks of the measurement itself. */
const RESOLUTION = 10;
const WRITE_EVERY = 250;

function measure(file: string): void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  delay.enable();
  let computed = 0;
  let before = process.threadCpuUsage();
  setInterval(() => {
    const { user, system } = process.threadCpuUsage(before);
    computed = Math.max(computed, (user + system) / 1000);
    before = process.threadCpuUsage();
  }, RESOLUTION).unref();
  setInterval(() => {
    // Whoever reads it reads all of it.
    writeFileSync(`${file}.new`, JSON.stringify({ passed: delay.max / 1e6, computed } satisfies Pause));
    renameSync(`${file}.new`, file);
  }, WRITE_EVERY).unref();
}

const folder = process.env[PAUSES_FOLDER];
if (folder !== undefined && isMainThread) process.once("SIGUSR2", () => measure(join(folder, String(process.pid))));
