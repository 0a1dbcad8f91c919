// What an operator wishes of a role, as small files in its data folder. The role looks at them before each look at the chain, and at its
// next start if it does not run. So nothing has to reach its process.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolders } from "../disk/folders.ts";

/** Until when a role rests: real time, unix seconds; null until it is told to go on. */
export type Pause = { readonly until: number | null };

/** The last moment that a date can show, unix seconds. */
const LAST_TIME = 8_640_000_000_000;
const PAUSE_FILE = "pause.json";
const CANCEL_FILE = "cancel";

function write(folder: string, name: string, text: string): void {
  makeFolders(folder);
  const file = join(folder, name);
  // A reader sees the old file or the new one, never a part of it.
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** The pause that is wished; undefined if there is none. A file that cannot be understood is a pause without an end. */
export function pauseIn(folder: string): Pause | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, PAUSE_FILE), "utf8");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : { until: null };
  }
  try {
    const until = (JSON.parse(text) as { until?: unknown } | null)?.until;
    return { until: typeof until === "number" && until <= LAST_TIME ? until : null };
  } catch {
    return { until: null };
  }
}

export function wishPause(folder: string, pause: Pause): void {
  write(folder, PAUSE_FILE, `${JSON.stringify(pause)}\n`);
}

/** Takes a pause back. */
export function endPause(folder: string): void {
  rmSync(join(folder, PAUSE_FILE), { force: true });
}

/** Whether a buyer is asked to cancel what it has not finished, and has not done so yet. */
export function isCancelWished(folder: string): boolean {
  return existsSync(join(folder, CANCEL_FILE));
}

export function wishCancel(folder: string): void {
  write(folder, CANCEL_FILE, "");
}

/** The buyer has taken it down. */
export function cancelTaken(folder: string): void {
  rmSync(join(folder, CANCEL_FILE), { force: true });
}
