// Content and mail in a local directory: what the loopback server serves.
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { keccak } from "@sonm/protocol/merkle/keccak";
import type { Address, ContentId } from "@sonm/protocol/values/ids";
import { bytesToHex } from "viem";
import type { Cursor } from "./peer.ts";

/** A directory of content, each piece in a file named by its hash, and a mail database beside it. */
export type Store = {
  put(bytes: Uint8Array): Promise<ContentId>;
  /** Undefined when it is not here. */
  get(id: ContentId): Promise<Uint8Array | undefined>;
  /** Appends to a mailbox. Sequence numbers grow over all mailboxes. */
  deliver(to: Address, id: string, bytes: Uint8Array): void;
  /** At most `limit` letters of one mailbox after `since`, with their numbers. */
  mail(to: Address, since: Cursor, limit: number): { sequence: Cursor; bytes: Uint8Array }[];
  /** Number of the newest letter in any mailbox. */
  newest(): Cursor;
  close(): void;
};

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Opens or makes the directory. */
export function openStore(directory: string): Store {
  const content = join(directory, "content");
  mkdirSync(content, { recursive: true });
  const mail = new DatabaseSync(join(directory, "mail.sqlite"));
  mail.exec(`pragma journal_mode = wal; pragma synchronous = normal;
    create table if not exists mail (sequence integer primary key autoincrement, addressee text not null, id text not null unique, bytes blob not null);
    create index if not exists by_addressee on mail (addressee, sequence);`);
  const insert = mail.prepare("insert into mail (addressee, id, bytes) values (?, ?, ?) on conflict do nothing");
  const select = mail.prepare(
    "select sequence, bytes from mail where addressee = ? and sequence > ? order by sequence limit ?",
  );
  const last = mail.prepare("select coalesce(max(sequence), 0) as sequence from mail");
  const fileOf = (id: ContentId) => join(content, id.slice(2).toLowerCase());

  return {
    async put(bytes) {
      const id = bytesToHex(keccak(bytes)) as ContentId;
      const draft = `${fileOf(id)}.${randomBytes(6).toString("hex")}`;
      try {
        await writeFile(draft, bytes);
        // A hard link appears complete or not at all, and it never replaces an existing file.
        await link(draft, fileOf(id));
      } catch (error) {
        if (!isCode(error, "EEXIST")) throw error;
      } finally {
        await rm(draft, { force: true });
      }
      return id;
    },
    async get(id) {
      try {
        return await readFile(fileOf(id));
      } catch (error) {
        if (isCode(error, "ENOENT")) return undefined;
        throw error;
      }
    },
    deliver(to, id, bytes) {
      insert.run(to.toLowerCase(), id, bytes);
    },
    mail(to, since, limit) {
      return select
        .all(to.toLowerCase(), since, limit)
        .map((row) => ({ sequence: Number(row.sequence), bytes: row.bytes as Uint8Array }));
    },
    newest: () => Number(last.get()?.sequence),
    close: () => mail.close(),
  };
}
