// How a process ends that runs until somebody stops it.

/** Something that runs and can be stopped. */
export type Running = { stop(): Promise<void> };

/**
 * Waits for SIGINT or SIGTERM, then ends `running` in order; a second signal ends the process at once.
 * @param ended what else ends it
 * @returns whether a signal has come
 */
export async function untilSignal(running: Running, ended?: Promise<unknown>): Promise<boolean> {
  let told = false;
  const signal = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (told) process.exit(1);
        told = true;
        resolve();
      });
    }
  });
  await Promise.race([signal, ...(ended ? [ended] : [])]);
  await running.stop();
  return told;
}
