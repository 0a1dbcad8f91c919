// What a role that runs units gives to its engine.
import { join } from "node:path";
import type { RoleTools } from "./open.ts";
import { measured, perhaps, type Sort } from "./options.ts";

/** How much memory a role gives to runs. */
export const memorySize: Sort<number> = measured("MiB", 64, 2 ** 24);

export const memoryOption = perhaps(
  memorySize,
  "memory for runs: each thread has an equal part, and one more is for games. A job whose units need more is left to others (default: half of the computer's memory)",
);

/** Content from the store, and folders for inputs and for checkpoints of runs beside the journal. */
export function engineTools({
  peer,
  data,
  quarantine,
  emit,
}: Pick<RoleTools<unknown>, "peer" | "data" | "quarantine" | "emit">) {
  return {
    fetch: peer.fetch,
    inputs: { folder: join(data, "inputs"), fetchFile: peer.fetchFile },
    reading: quarantine.read,
    folder: join(data, "runs"),
    onTrouble(why: string) {
      const slower = `${why}; a game about a long run after a restart begins it anew`;
      emit({ kind: "put-aside", what: "checkpoints of runs", why: slower });
    },
  };
}
