// Content and mail in a local directory: what the server serves. Content is in files named by their hashes, all else in a database.
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { createHasher } from "@sonm/protocol/merkle/keccak";
import type { Address, ContentId } from "@sonm/protocol/values/ids";
import { bytesToHex } from "viem";
import { NetBadEnvelope, NetContentCorrupt } from "./errors.ts";
import { cannotBeOpened, type Ledger, type LedgerOptions, openLedger } from "./ledger.ts";

/** What a sender says of content before it comes. */
export type Announced = { readonly id: ContentId; readonly length: number; readonly sender: Address };

/** A directory of content, each piece in a file named by its hash, and a database beside it. */
export type Store = Pick<Ledger, "identity" | "deliver" | "mail" | "newest" | "close"> & {
  /**
   * Keeps content while it comes; no more of it is in memory than a part.
   * @throws NetNoRoom; NetBadEnvelope or NetContentCorrupt if other bytes come than were announced. Then nothing is kept.
   */
  put(announced: Announced, parts: AsyncIterable<Uint8Array>): Promise<void>;
  /** Undefined when it is not here. The caller reads the stream or destroys it. */
  get(id: ContentId): Promise<{ readonly length: number; readonly stream: Readable } | undefined>;
  /** Drops some of what has expired. True if there is more. */
  expire(): boolean;
};

/** 32 GiB in all, 4 GiB of one sender, 60 days. With the usual numbers of the DAO no game about a claim takes more than 46 days. */
export const STORE_DEFAULTS = { space: 32 * 2 ** 30, quota: 4 * 2 ** 30, keepMs: 60 * 24 * 3600 * 1000, now: Date.now };

/** What is left of content whose writing was cut off: its hash, and something more. */
const DRAFT = /^[0-9a-f]{64}\.[0-9a-f]{12}$/;

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Passes parts on, and checks that they are what was announced. */
async function* checked({ id, length }: Announced, parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hasher = createHasher();
  let size = 0;
  for await (const part of parts) {
    size += part.length;
    if (size > length) throw new NetBadEnvelope(`it has more than the ${length} bytes that were announced`);
    hasher.update(part);
    yield part;
  }
  if (size < length) throw new NetBadEnvelope(`it has ${size} bytes, and ${length} were announced`);
  const found = bytesToHex(hasher.digest());
  if (found !== id.toLowerCase()) throw new NetContentCorrupt(id, found);
}

/**
 * Opens or makes the directory. Content and letters of older versions stay, and expire as if they had just come.
 * @throws Failure if it cannot be opened, or another store has it open
 */
export function openStore(directory: string, options: Partial<LedgerOptions> = {}): Store {
  const content = join(directory, "content");
  mkdirSync(content, { recursive: true });
  const ledger = openLedger(directory, { ...STORE_DEFAULTS, ...options });
  const fileOf = (id: string) => join(content, id.replace(/^0x/, "").toLowerCase());
  try {
    // Only now: no other process has drafts here.
    const names = readdirSync(content);
    for (const name of names) if (DRAFT.test(name)) rmSync(join(content, name), { force: true });
    const ids = names.filter((name) => /^[0-9a-f]{64}$/.test(name)).map((name) => `0x${name}`);
    ledger.adopt(new Set(ids), (id) => statSync(fileOf(id)).size);
  } catch (cause) {
    ledger.close();
    throw cannotBeOpened(directory, cause);
  }

  /** Bytes of content that is here, else undefined. */
  const sizeOf = (id: ContentId) => statSync(fileOf(id), { throwIfNoEntry: false })?.size;

  /** Gives a draft its name. */
  function place(draft: string, id: ContentId): void {
    try {
      // A hard link appears complete or not at all, and it never replaces an existing file.
      linkSync(draft, fileOf(id));
    } catch (error) {
      if (!isCode(error, "EEXIST")) throw error;
    }
  }

  return {
    identity: ledger.identity,
    deliver: ledger.deliver,
    mail: ledger.mail,
    newest: ledger.newest,
    close: ledger.close,
    async put(announced, parts) {
      const { id, sender, length } = announced;
      const size = sizeOf(id);
      const release = ledger.isClaimed(id, sender) ? () => {} : ledger.reserve(sender, length);
      const draft = `${fileOf(id)}.${randomBytes(6).toString("hex")}`;
      let file: FileHandle | undefined;
      try {
        if (size === undefined) {
          file = await open(draft, "wx");
          await file.writeFile(checked(announced, parts));
          await file.close();
          place(draft, id);
        } else {
          // What is here is not written again. But whoever keeps it has to send it: else claims would cost nothing.
          for await (const _ of checked(announced, parts));
          if (sizeOf(id) === undefined)
            throw new NetBadEnvelope(`the content ${id} has expired meanwhile, send it again`);
        }
        // At once: what is dropped in between would be claimed without being here.
        ledger.claim(id, sender, length);
      } finally {
        release();
        await file?.close();
        rmSync(draft, { force: true });
      }
    },
    async get(id) {
      let file: FileHandle;
      try {
        file = await open(fileOf(id));
      } catch (error) {
        if (isCode(error, "ENOENT")) return undefined;
        throw error;
      }
      const { size } = await file.stat();
      return { length: size, stream: file.createReadStream() };
    },
    expire() {
      const { gone, more } = ledger.expire();
      for (const id of gone) rmSync(fileOf(id), { force: true });
      return more;
    },
  };
}
