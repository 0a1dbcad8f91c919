// A scenario that is told to end before its end: it stops what it has started, as it does at its end.
import { Failure } from "@sonm/protocol/values/failure";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export type Interruption = {
  /** Does the work, unless a signal has come or comes meanwhile. @throws Failure then, without waiting for the work */
  orStop<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves at the first signal, past or to come. */
  readonly signalled: Promise<unknown>;
  /** From now on a signal ends the process again. */
  end(): void;
};

/** From now on no signal ends this process by itself. Ctrl-C may come twice, because it reaches a wrapper of this process too. */
export function watchSignals(): Interruption {
  let came: NodeJS.Signals | undefined;
  let tell: (signal: NodeJS.Signals) => void;
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    tell = resolve;
  });
  const hear = (signal: NodeJS.Signals) => {
    came ??= signal;
    tell(signal);
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  const stopped = (signal: NodeJS.Signals) =>
    new Failure("Stopped before the end", `${signal} has come`, "start it again: nothing is left of it");
  return {
    async orStop(work) {
      if (came) throw stopped(came);
      return Promise.race([
        work(),
        signalled.then((signal): never => {
          throw stopped(signal);
        }),
      ]);
    },
    signalled,
    end() {
      for (const signal of SIGNALS) process.removeListener(signal, hear);
    },
  };
}
