// Checkpoints of runs as files in one folder. They only save time, so nothing depends on one: files that are damaged are removed, the
// oldest make room for new ones, and on a full disk there are none.
import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writevSync,
} from "node:fs";
import { join } from "node:path";
import type { Checkpoints } from "@sonm/protocol/machine/checkpoint";

export type CheckpointPlace = {
  readonly folder: string;
  /** bytes of all files together */
  readonly most: number;
};

const ENDING = ".state";
const DRAFT = ".draft";
const DISK_FULL = "the disk is full";
/** Parts that are written at once. */
const PARTS = 256;

/** Names of files in the folder; none if it is not there. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Removes a file, if there is one that can be removed. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Its folder may be a file, or not be ours. Then nothing can be kept there either, which is told when it is tried.
  }
}

/** Removes what a killed process has not finished. Only for the process that has the data folder, before its threads start. */
export function sweepCheckpoints({ folder }: CheckpointPlace): void {
  for (const file of filesIn(folder)) if (file.endsWith(DRAFT)) discard(join(folder, file));
}

/** Removes the oldest files until there is room for `size` bytes; false if there is never as much. */
function makeRoom({ folder, most }: CheckpointPlace, size: number): boolean {
  if (size > most) return false;
  const files = filesIn(folder).flatMap((file) => {
    const path = join(folder, file);
    // Another thread may have removed it.
    const found = statSync(path, { throwIfNoEntry: false });
    return found ? [{ path, size: found.size, usedAt: found.mtimeMs }] : [];
  });
  let total = files.reduce((sum, file) => sum + file.size, size);
  for (const file of files.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= most) break;
    discard(file.path);
    total -= file.size;
  }
  return true;
}

function writeParts(path: string, parts: Iterable<Uint8Array>): void {
  const file = openSync(path, "wx", 0o600);
  try {
    let group: Uint8Array[] = [];
    const flush = () => {
      const size = group.reduce((sum, part) => sum + part.length, 0);
      if (size > 0 && writevSync(file, group) !== size) throw new Error(DISK_FULL);
      group = [];
    };
    for (const part of parts) if (group.push(part) === PARTS) flush();
    flush();
  } finally {
    closeSync(file);
  }
}

/** Fills `into` from the file; false if the file ends before. */
function fillFrom(file: number, into: Uint8Array): boolean {
  for (let at = 0; at < into.length; ) {
    const read = readSync(file, into, at, into.length - at, null);
    if (read === 0) return false;
    at += read;
  }
  return true;
}

/**
 * The checkpoints of a run, by its name.
 * @param onTrouble hears why a checkpoint could not be written
 */
export function checkpointsIn(
  place: CheckpointPlace,
  name: string,
  onTrouble: (why: string) => void = () => {},
): Checkpoints {
  const { folder } = place;
  const run = createHash("sha256").update(name).digest("hex").slice(0, 32);
  const pathOf = (step: number) => join(folder, `${run}-${step}${ENDING}`);
  return {
    name,
    steps: () =>
      filesIn(folder)
        .filter((file) => file.startsWith(`${run}-`) && file.endsWith(ENDING))
        .map((file) => Number(file.slice(run.length + 1, -ENDING.length)))
        .filter((step) => Number.isSafeInteger(step) && step > 0),
    write(step, size, parts) {
      const draft = join(folder, `${randomUUID()}${DRAFT}`);
      try {
        mkdirSync(folder, { recursive: true });
        if (!makeRoom(place, size)) return false;
        writeParts(draft, parts);
        renameSync(draft, pathOf(step));
        return true;
      } catch (error) {
        discard(draft);
        const { code, message } = error as NodeJS.ErrnoException;
        onTrouble(code === "ENOSPC" || code === "EDQUOT" ? DISK_FULL : message);
        return false;
      }
    },
    read(step, use) {
      let file: number | undefined;
      try {
        file = openSync(pathOf(step), "r");
        // The last used are the last to go.
        utimesSync(pathOf(step), new Date(), new Date());
      } catch {
        if (file === undefined) return undefined;
      }
      const open = file;
      try {
        return use((into) => {
          try {
            return fillFrom(open, into);
          } catch {
            return false;
          }
        });
      } finally {
        closeSync(open);
      }
    },
    remove(step) {
      discard(pathOf(step));
    },
  };
}
