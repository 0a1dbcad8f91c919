// How a process ends that runs until somebody stops it.

/** Something that runs and can be stopped. */
export type Running = { stop(): Promise<void> };

/** Waits for SIGINT or SIGTERM, then ends `running` in order; a second signal ends the process at once. */
export async function untilSignal(running: Running): Promise<void> {
  let told = false;
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (told) process.exit(1);
        told = true;
        resolve();
      });
    }
  });
  await running.stop();
}
