// Lets what has deadlines go first: whoever comes to the gate waits until nothing holds it any more.

export type Gate = {
  /** Holds the gate until `work` has ended, and returns what it returns. */
  hold<T>(work: Promise<T>): Promise<T>;
  /** Resolves when nothing holds the gate. */
  passed(): Promise<void>;
};

export function createGate(): Gate {
  let holding = 0;
  const waiting: (() => void)[] = [];
  return {
    async hold(work) {
      holding++;
      try {
        return await work;
      } finally {
        if (--holding === 0) for (const pass of waiting.splice(0)) pass();
      }
    },
    async passed() {
      while (holding > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
