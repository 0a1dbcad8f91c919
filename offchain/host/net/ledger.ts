// The database of a store: letters, who keeps which content until when, and what each sender takes of the room.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address, ContentId, Hex } from "@sonm/protocol/values/ids";
import { hash32 } from "@sonm/protocol/values/shape";
import { bytesToHex } from "viem";
import { damaged, databaseFailure, isBusy, together } from "../disk/database.ts";
import { makeFolders } from "../disk/folders.ts";
import { NetBadEnvelope } from "./errors.ts";
import type { Cursor, Lane } from "./peer.ts";
import { accountsOf, charged, checkRoom, type Kind, NEWCOMER_MS, type Room } from "./room.ts";

export type LedgerOptions = Room & {
  /** milliseconds after which a letter expires, and content that was not published again */
  readonly keepMs: number;
  /** unix milliseconds */
  readonly now: () => number;
};

export type Letter = {
  readonly from: Address;
  readonly to: Address;
  readonly id: string;
  /** unix milliseconds of the sender's clock */
  readonly at: number;
  readonly bytes: Uint8Array;
};

/** Some letters of a lane of a mailbox. */
export type Page = {
  readonly letters: readonly { readonly sequence: Cursor; readonly bytes: Uint8Array }[];
  /** whether there may be more after them */
  readonly more: boolean;
};

export type Ledger = {
  /** 32 bytes that this store alone has, for as long as it exists */
  readonly identity: Hex;
  /**
   * Takes room for content that is still to come. What it returns gives the room back.
   * @throws NetNoRoom
   */
  reserve(sender: Address, bytes: number): () => void;
  /** Notes that a sender keeps content, or keeps it for longer. */
  claim(id: ContentId, sender: Address, bytes: number): void;
  isClaimed(id: ContentId, sender: Address): boolean;
  /** Makes the claims fit the files: what is not here is not claimed; what nobody claims is nobody's, and expires as if it had just come. */
  adopt(files: ReadonlySet<string>, bytesOf: (id: ContentId) => number): void;
  /**
   * Appends to a mailbox. Sequence numbers grow over all mailboxes.
   * @throws NetNoRoom; NetBadEnvelope if it has expired or is of the future
   */
  deliver(letter: Letter): void;
  /**
   * The next letters of one lane of a mailbox after `since`: at most so many, and at most so many bytes, unless the first one has more.
   * What its sender was when a letter came decides its lane for ever: one that changed lanes would be missed, or read twice.
   */
  mail(to: Address, lane: Lane, since: Cursor, limit: number, most: number): Page;
  /** Number of the newest letter in any mailbox, whether or not it is still here. */
  newest(): Cursor;
  /** Drops some of what has expired. Returns the content that nobody keeps any more, and whether there is more to do. */
  expire(): { readonly gone: ContentId[]; readonly more: boolean };
  close(): void;
};

const VERSION = 2;
/** Sender of what lies here since before senders were noted. */
const NOBODY = "";
/** Expired things that are dropped at a time, so that nobody waits. */
const AT_ONCE = 500;
/** Milliseconds by which a sender's clock may be ahead. */
const AHEAD_MS = 5 * 60 * 1000;
/**
 * A store numbers its letters from the milliseconds of its beginning times this. So a reader's number from another store is either below
 * all numbers of this one, or was not reached by it: it is never taken for one of this store. (Until the year 2248 in a double.)
 */
const NUMBERS_A_MILLISECOND = 1024;

/** Opens the database, makes it, or brings it to this version. Letters of older versions stay, and keep their numbers. */
function openDatabase(directory: string, { now, keepMs }: LedgerOptions): DatabaseSync {
  makeFolders(directory);
  const database = new DatabaseSync(join(directory, "mail.sqlite"));
  try {
    database.exec(
      "pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = normal; begin immediate",
    );
    const version = Number(database.prepare("pragma user_version").get()?.user_version);
    if (version > VERSION) {
      throw new Failure(`The store in ${directory} cannot be opened`, "a newer sonm has written it", "use that one");
    }
    if (version < 1) {
      const identity = bytesToHex(randomBytes(32));
      database.exec(`
        create table if not exists mail (sequence integer primary key autoincrement, addressee text not null, id text not null unique, bytes blob not null);
        alter table mail add column sender text not null default '${NOBODY}';
        alter table mail add column size integer not null default 0;
        alter table mail add column until integer not null default 0;
        alter table mail add column newcomer integer not null default 0;
        create index mail_until on mail (until);
        create table claim (content text not null, sender text not null, size integer not null, until integer not null, newcomer integer not null, primary key (content, sender)) without rowid;
        create index claim_until on claim (until);
        create table account (name text primary key, since integer not null, content integer not null, mail integer not null) without rowid;
        create table identity (value text not null);
        insert into identity values ('${identity}');
        update mail set size = length(bytes) + ${charged("mail", 0)}, until = ${now() + keepMs};
        insert into sqlite_sequence (name, seq) select 'mail', ${now() * NUMBERS_A_MILLISECOND} where not exists (select 1 from sqlite_sequence where name = 'mail');`);
      for (const name of accountsOf(NOBODY, false)) {
        database
          .prepare(
            "insert into account select ?, ?, 0, total from (select coalesce(sum(size), 0) as total from mail) where total > 0",
          )
          .run(name, now());
      }
    }
    if (version < 2) {
      database.exec("drop index if exists by_addressee; create index by_lane on mail (addressee, newcomer, sequence)");
    }
    database.exec(`pragma user_version = ${VERSION}; commit`);
    return database;
  } catch (cause) {
    database.close();
    throw cannotBeOpened(directory, cause);
  }
}

/** Why a store cannot be opened, and what to do. */
export function cannotBeOpened(directory: string, cause: unknown): unknown {
  const what = `The store in ${directory} cannot be opened`;
  if (isBusy(cause)) {
    return new Failure(what, "another process has it open", "stop the other store that uses it", { cause });
  }
  if (cause instanceof Failure) return cause.what === what ? cause : damaged(what, cause.why);
  return databaseFailure(what, cause);
}

/**
 * Opens the database in a folder, or makes it. One process holds it at a time.
 * @throws Failure if another one does, or if it is damaged
 */
export function openLedger(directory: string, options: LedgerOptions): Ledger {
  const database = openDatabase(directory, options);
  try {
    return ledgerIn(database, options);
  } catch (cause) {
    database.close();
    throw cannotBeOpened(directory, cause);
  }
}

function ledgerIn(database: DatabaseSync, options: LedgerOptions): Ledger {
  const { now, keepMs } = options;
  const identity = hash32(database.prepare("select value from identity").get()?.value, "its identity");
  const account = database.prepare("select since, content, mail from account where name = ?");
  const charge = database.prepare(
    "insert into account values (?, ?, ?, ?) on conflict (name) do update set content = content + excluded.content, mail = mail + excluded.mail",
  );
  const forget = database.prepare("delete from account where name = ? and content = 0 and mail = 0");
  const letterOf = database.prepare("select 1 from mail where id = ?");
  const insert = database.prepare(
    "insert into mail (addressee, id, bytes, sender, size, until, newcomer) values (?, ?, ?, ?, ?, ?, ?)",
  );
  const select = database.prepare(
    "select sequence, bytes from mail where addressee = ? and newcomer = ? and sequence > ? order by sequence limit ?",
  );
  const last = database.prepare("select seq from sqlite_sequence where name = 'mail'");
  const oldLetters = database.prepare(
    `delete from mail where sequence in (select sequence from mail where until <= ? limit ${AT_ONCE}) returning sender, size, newcomer`,
  );
  const claimOf = database.prepare("select 1 from claim where content = ? and sender = ?");
  const anyClaim = database.prepare("select 1 from claim where content = ?");
  const keep = database.prepare(
    "insert into claim values (?, ?, ?, ?, ?) on conflict (content, sender) do update set until = excluded.until",
  );
  const oldClaims = database.prepare(`select * from claim where until <= ? limit ${AT_ONCE}`);
  const claims = database.prepare("select * from claim");
  const unclaim = database.prepare("delete from claim where content = ? and sender = ?");
  /** Bytes of content that are still to come, by account. */
  const reserved = new Map<string, number>();

  function isNewcomer(sender: string): boolean {
    const since = account.get(sender)?.since;
    return since === undefined || now() - Number(since) < NEWCOMER_MS;
  }

  function chargeTo(names: readonly string[], kind: Kind, size: number): void {
    for (const name of names) {
      charge.run(name, now(), kind === "content" ? size : 0, kind === "mail" ? size : 0);
      forget.run(name);
    }
  }

  /** Gives the room of a row back. */
  function discharge(kind: Kind, { sender, size, newcomer }: Record<string, unknown>): void {
    chargeTo(accountsOf(String(sender), newcomer === 1), kind, -Number(size));
  }

  function drop(claim: Record<string, unknown>): void {
    unclaim.run(String(claim.content), String(claim.sender));
    discharge("content", claim);
  }

  function check(kind: Kind, sender: Address, newcomer: boolean, size: number): void {
    checkRoom(options, kind, sender, newcomer, size, (name) => {
      const waiting = kind === "content" ? (reserved.get(name) ?? 0) : 0;
      return waiting + Number(account.get(name)?.[kind] ?? 0);
    });
  }

  function claim(id: string, sender: string, bytes: number, newcomer: boolean): void {
    together(database, () => {
      const isNew = !claimOf.get(id, sender);
      const size = charged("content", bytes);
      keep.run(id, sender, size, now() + keepMs, newcomer ? 1 : 0);
      if (isNew) chargeTo(accountsOf(sender, newcomer), "content", size);
    });
  }
  const lower = <T extends string>(text: T) => text.toLowerCase() as T;

  return {
    identity,
    reserve(from, bytes) {
      const sender = lower(from);
      const newcomer = isNewcomer(sender);
      const size = charged("content", bytes);
      check("content", sender, newcomer, size);
      const names = accountsOf(sender, newcomer);
      const add = (more: number) => {
        for (const name of names) {
          const sum = (reserved.get(name) ?? 0) + more;
          if (sum === 0) reserved.delete(name);
          else reserved.set(name, sum);
        }
      };
      add(size);
      return () => add(-size);
    },
    claim: (id, sender, bytes) => claim(lower(id), lower(sender), bytes, isNewcomer(lower(sender))),
    isClaimed: (id, sender) => claimOf.get(lower(id), lower(sender)) !== undefined,
    adopt(files, bytesOf) {
      const lost: Record<string, unknown>[] = [];
      for (const row of claims.iterate()) if (!files.has(String(row.content))) lost.push(row);
      together(database, () => lost.forEach(drop));
      for (const id of files) if (!anyClaim.get(id)) claim(id, NOBODY, bytesOf(id as ContentId), false);
    },
    deliver({ from, to, id, at, bytes }) {
      if (letterOf.get(id)) return;
      const ahead = at - now();
      if (ahead > AHEAD_MS) {
        throw new NetBadEnvelope(`it was sent ${Math.round(ahead / 1000)} s after now, by the store's clock`);
      }
      // Once dropped it must not come back: somebody who has kept a copy could use up its sender's room.
      const until = at + keepMs;
      if (until <= now()) throw new NetBadEnvelope("it was sent so long ago that it has expired");
      const sender = lower(from);
      const newcomer = isNewcomer(sender);
      const size = charged("mail", bytes.length);
      check("mail", sender, newcomer, size);
      together(database, () => {
        insert.run(lower(to), id, bytes, sender, size, until, newcomer ? 1 : 0);
        chargeTo(accountsOf(sender, newcomer), "mail", size);
      });
    },
    mail(to, lane, since, limit, most) {
      const letters: { sequence: Cursor; bytes: Uint8Array }[] = [];
      let size = 0;
      for (const row of select.iterate(lower(to), lane === "newcomers" ? 1 : 0, since, limit)) {
        const bytes = row.bytes as Uint8Array;
        size += bytes.length;
        if (size > most && letters.length > 0) return { letters, more: true };
        letters.push({ sequence: Number(row.sequence), bytes });
      }
      return { letters, more: letters.length === limit };
    },
    newest: () => Number(last.get()?.seq),
    expire() {
      const letters = together(database, () => {
        const rows = oldLetters.all(now());
        for (const row of rows) discharge("mail", row);
        return rows.length;
      });
      const old = oldClaims.all(now());
      together(database, () => old.forEach(drop));
      const gone = new Set(old.map(({ content }) => String(content) as ContentId));
      return {
        gone: [...gone].filter((id) => !anyClaim.get(id)),
        more: letters === AT_ONCE || old.length === AT_ONCE,
      };
    },
    close: () => database.close(),
  };
}
