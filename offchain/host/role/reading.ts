// Names of what is being read, on the disk: whatever ends the process, its next start finds them. Each has a line of its own, all of one
// length, so that to come and to go costs one small write each, into a file that is open.
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";

/** Bytes of a line. */
const LINE = 512;
/** Lines that are read of a file. */
const MOST_LINES = 256;

export type ReadingFile = {
  /** what was being read when the process before this one ended */
  readonly before: readonly string[];
  /** Writes a name down, and returns what takes it out again. */
  note(name: string): () => void;
  /** Nothing is being read, and nothing was. */
  clear(): void;
  close(): void;
};

function namesIn(path: string): string[] {
  try {
    const lines = readFileSync(path, "utf8")
      .slice(0, LINE * MOST_LINES)
      .split("\n");
    return [...new Set(lines.map((line) => line.trim()).filter((name) => name !== ""))];
  } catch {
    return [];
  }
}

/** Opens or makes the file. One that cannot be written keeps nobody from reading. */
export function openReadingFile(path: string): ReadingFile {
  const before = namesIn(path);
  /** by line: whether it is in use */
  const lines: boolean[] = [];
  let file: number | undefined;

  function write(line: number, text: string): void {
    try {
      file ??= openSync(path, constants.O_RDWR | constants.O_CREAT);
      const bytes = Buffer.alloc(LINE, " ");
      bytes.write(text, 0, LINE - 1);
      bytes[LINE - 1] = 10;
      writeSync(file, bytes, 0, LINE, line * LINE);
    } catch {
      // While the disk is full, the role works without it. The journal beside it says what is in the way.
    }
  }

  return {
    before,
    note(name) {
      const free = lines.indexOf(false);
      const line = free < 0 ? lines.length : free;
      lines[line] = true;
      write(line, name);
      return () => {
        lines[line] = false;
        write(line, "");
      };
    },
    clear() {
      try {
        file ??= openSync(path, constants.O_RDWR | constants.O_CREAT);
        ftruncateSync(file);
      } catch {
        // As above.
      }
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
