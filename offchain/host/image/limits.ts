// What an image may be at most. Anybody can name any image on the chain, and every role reads it.
import { Failure } from "@sonm/protocol/values/failure";

export type Limits = {
  /** layers, as many as Docker takes and one more */
  readonly layers: number;
  /** entries of the archive and its layers, and folders that they imply; a layer that is named twice counts twice */
  readonly entries: number;
  /** bytes of all that is compressed, when unpacked: as many as a store keeps of one content */
  readonly unpacked: number;
};

export const LIMITS: Limits = { layers: 128, entries: 2 ** 19, unpacked: 2 ** 29 };

/** Longest path, and longest target of a link: PATH_MAX of Linux. */
export const MOST_PATH_BYTES = 4096;

/** What an image has left of its limits. */
export type Budget = {
  left(): { readonly unpacked: number; readonly entries: number };
  /** Counts these bytes. */
  unpacked(bytes: number): void;
  /** Counts these entries. */
  entries(count: number): void;
};

export const BUILD = "build it with `sonm image build ELF -o TAR`";
export const SAVE = `save it with \`docker save IMAGE -o TAR\`, or ${BUILD}`;

export function refuse(why: string, todo: string = SAVE): Failure {
  return new Failure("This image cannot be run in the machine", why, todo);
}

export function damaged(name: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Failure(`Cannot read ${name}`, why, "save or copy the image again; this copy is damaged or cut off", {
    cause,
  });
}

const SMALLER = "make a smaller image: the program alone is enough";

/** @throws Failure, from its functions, if the image goes beyond a limit */
export function createBudget(limits: Limits): Budget {
  let { unpacked, entries } = limits;
  return {
    left: () => ({ unpacked, entries }),
    unpacked(bytes) {
      unpacked -= bytes;
      if (unpacked < 0) throw refuse(`it has more than ${limits.unpacked} bytes when unpacked`, SMALLER);
    },
    entries(count) {
      entries -= count;
      if (entries < 0) throw refuse(`it has more than ${limits.entries} entries`, SMALLER);
    },
  };
}
