// Content that is a file, so that no process has to hold all of it: read and written a part at a time.
import { closeSync, constants, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { type ByteSource, PART_BYTES, sourceOf } from "@sonm/protocol/values/byte-source";
import { Failure } from "@sonm/protocol/values/failure";
import { isDiskFull } from "./database.ts";

/** A file with content, of so many bytes. It is small enough to be sent to another thread, which its content may not be. */
export type ContentFile = { readonly path: string; readonly length: number };

/** Where a file is written before it gets its name. */
export const draftOf = (path: string): string => `${path}.part`;

/** Content in memory if it is small, or else in a file. */
export type Content = Uint8Array | ContentFile;

/** A disk in the way of content: no fault of the content, and nothing is lost by it. */
export class DiskInTheWay extends Failure {
  override readonly name = "DiskInTheWay";
}

function notKept(path: string, cause: unknown): DiskInTheWay {
  const [why, todo] = isDiskFull(cause)
    ? ["the disk is full", "make room; a role at work goes on by itself"]
    : [cause instanceof Error ? cause.message : String(cause), "check the folder and its disk"];
  return new DiskInTheWay(`The content cannot be kept in ${path}`, why, todo, { cause });
}

const changed = (path: string) =>
  new DiskInTheWay(
    `The file ${path} has changed`,
    "it has another length than before",
    "leave it alone while it is in use",
  );

/** The file at a path. @throws Failure if there is none that can be read */
export async function contentFile(path: string): Promise<ContentFile> {
  const what = `The file ${path} cannot be read`;
  let file: FileHandle | undefined;
  try {
    // To open a pipe that nobody writes to would take for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) throw new Failure(what, "it is no file", "name a file");
    return { path, length: found.size };
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure(what, (cause as Error).message, "put it there, or name another file", { cause });
  } finally {
    await file?.close();
  }
}

/** Whether a file has so many bytes. */
export async function isThere({ path, length }: ContentFile): Promise<boolean> {
  return stat(path).then(
    ({ size }) => size === length,
    () => false,
  );
}

/** Content as its parts, for a thread that has nothing else to do meanwhile. */
export function contentSource(content: Content): ByteSource {
  if (content instanceof Uint8Array) return sourceOf(content);
  const { path, length } = content;
  return {
    length,
    *parts() {
      const file = openSync(path, "r");
      try {
        const part = new Uint8Array(PART_BYTES);
        let size = 0;
        for (let read = readSync(file, part); read > 0; read = readSync(file, part)) {
          size += read;
          if (size > length) break;
          yield part.subarray(0, read);
        }
        if (size !== length) throw changed(path);
      } finally {
        closeSync(file);
      }
    },
  };
}

/**
 * The parts of a file. Between two of them others have their turn.
 * @param memory gets each part, if none is needed after the next one is asked for
 */
export async function* partsOf(path: string, memory?: Uint8Array<ArrayBuffer>): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(memory ?? new Uint8Array(PART_BYTES));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * Writes a file from parts as they come, and waits until it is on the disk. If anything goes wrong, there is no file.
 * @throws DiskInTheWay if the disk is in the way, and whatever the parts throw
 */
export async function writeParts(path: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
  const told = <T>(work: Promise<T>) =>
    work.catch((cause) => {
      throw notKept(path, cause);
    });
  const file = await told(open(path, "w"));
  try {
    for await (const part of parts) await told(file.writeFile(part));
    await told(file.sync());
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * The same for parts that are there, in a thread that has nothing else to do. The file appears whole or not at all.
 * @throws DiskInTheWay
 */
export function writeAll(path: string, parts: Iterable<Uint8Array>): void {
  const draft = draftOf(path);
  try {
    const file = openSync(draft, "w");
    try {
      for (const part of parts) for (let at = 0; at < part.length; ) at += writeSync(file, part, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (cause) {
    try {
      rmSync(draft, { force: true });
    } catch {
      // A folder in its place: that is what the error says.
    }
    throw notKept(path, cause);
  }
}
