// Doing the same again and again: with a pause in between, a longer one after each failure in a row, until told to stop.

const FIRST_RETRY_SECONDS = 0.5;
const LAST_RETRY_SECONDS = 60;

/** Seconds of real time after the `count`-th failure in a row until something is tried again. */
export function retryPause(count: number): number {
  return Math.min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** (count - 1));
}

export type Repeating = {
  /** Does not wait any longer for the next turn, or for the one after the present one. A pause after a failure is kept. */
  hurry(): void;
  /** Ends after the present turn. */
  stop(): Promise<void>;
};

/**
 * Starts with the first turn at once.
 * @param pollMs milliseconds between two turns, or what says so after each
 * @param onFailure told of each failure, and after how many seconds the next turn comes
 */
export function repeat(
  turn: () => Promise<void>,
  { pollMs, onFailure }: { readonly pollMs: number | (() => number); onFailure(error: unknown, retryIn: number): void },
): Repeating {
  let failures = 0;
  let hurried = false;
  let stopping = false;
  let wake = () => {};
  const pauseNow = typeof pollMs === "number" ? () => pollMs : pollMs;

  async function run(): Promise<void> {
    while (!stopping) {
      hurried = false;
      let pause = 0;
      try {
        await turn();
        failures = 0;
        pause = pauseNow();
      } catch (error) {
        failures++;
        onFailure(error, retryPause(failures));
        pause = Math.max(pauseNow(), 1000 * retryPause(failures));
      }
      if (stopping || (hurried && failures === 0)) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  // Not before the caller holds what is returned: its first turn may use it.
  const done = Promise.resolve().then(run);
  return {
    hurry() {
      hurried = true;
      if (failures === 0) wake();
    },
    async stop() {
      stopping = true;
      wake();
      await done;
    },
  };
}
