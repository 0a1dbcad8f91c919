// What a role has committed to. It is on disk before it costs money: a killed process continues from here and from the chain.
import { existsSync, linkSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Checkpoint } from "@sonm/chain/market/checkpoint";
import { decode, encode, type Value } from "@sonm/protocol/values/codec";
import { Failure } from "@sonm/protocol/values/failure";
import { damaged, databaseFailure, folderInstead, isBusy, together } from "../disk/database.ts";
import { makeFolders } from "../disk/folders.ts";
import type { Cursor, Lane, Received } from "../net/peer.ts";
import { createOpenTable, type OpenTable } from "./open-table.ts";

/** Entries of one kind. When a call returns, the change is on the disk. */
export type Table<T extends Value> = {
  get(id: string): T | undefined;
  put(id: string, value: T): void;
  /** Adds an entry, but keeps an existing one. True if the entry is new. */
  add(id: string, value: T): boolean;
  delete(id: string): void;
  /** In order of their first writing. */
  all(): T[];
  /** As `all`, each with its id. */
  entries(): [string, T][];
};

/** A letter that could not be checked yet. */
export type Kept = {
  readonly letter: Received;
  /** absent in journals of before there were lanes */
  readonly lane?: Lane;
  /** all mail of its lane up to here has been read without it */
  readonly since: Cursor;
  /** how often its check has failed */
  readonly attempts: number;
};

/** Where the reader keeps how far it has read: in its journal. */
export type Desk = {
  /** All mail of a lane up to here has been read. */
  get(lane: Lane): Cursor;
  /** Remembers how far a lane has been read together with whatever `note` writes: both or none. */
  advance(lane: Lane, cursor: Cursor, note: () => void): void;
  /** All that `note` writes or none of it. */
  together(note: () => void): void;
  /** by letter */
  readonly kept: Pick<Table<Kept>, "put" | "delete" | "all">;
};

/** A journal file. One process holds it at a time. */
export type Journal = {
  table<T extends Value>(kind: string): Table<T>;
  /** A table whose open entries are in memory. */
  openTable<T extends Value>(kind: string): OpenTable<T>;
  /** All changes of `action` or none. Within another call it is a part of that one. */
  together<T>(action: () => T): T;
  /** How far a reader of mail has read. It advances together with what the reader writes. */
  mail(): Desk;
  /** What has been read of the chain. */
  checkpoint(): Checkpoint;
  close(): void;
};

/** What the journal of every role has, whatever else it keeps. */
export type RoleJournal = { readonly mail: Desk; readonly checkpoint: Checkpoint; close(): void };

/** Name of the journal in the data folder of a role. */
export const JOURNAL_FILE = "journal.sqlite";

/** Whether a process has a journal open now. A killed process has not: its lock ended with it. */
export function isOpenElsewhere(path: string): boolean {
  if (!existsSync(path)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    database.exec("select count(*) from sqlite_schema");
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    database?.close();
  }
}

/** SQLite's name for a database that is no file. */
const IN_MEMORY = ":memory:";
/** Bytes of the header of every database: https://www.sqlite.org/fileformat2.html */
const HEADER_SIZE = 100;
/**
 * What the entries of all roles look like. It goes up when a role can no longer read, or would misunderstand, what it has written before; SQLite
 * keeps it in the file as `user_version`.
 */
export const JOURNAL_VERSION = 2;
const ENTRIES =
  "create table if not exists entries (number integer primary key, kind text not null, id text not null, value blob not null, unique (kind, id))";

/**
 * Makes the file if there is none. It appears whole or not at all: to SQLite a file that is empty, or nearly, is a new database, but here
 * it can only be one that was cut off.
 */
function make(path: string): void {
  makeFolders(dirname(path));
  if (existsSync(path)) return;
  const draft = `${path}.${process.pid}.new`;
  rmSync(draft, { force: true });
  const database = new DatabaseSync(draft);
  try {
    database.exec(`begin; ${ENTRIES}; pragma user_version = ${JOURNAL_VERSION}; commit;`);
    database.close();
    // A link replaces nothing: another process may have been faster.
    if (!existsSync(path)) linkSync(draft, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Some disks have no hard links.
    if (code === "EPERM" || code === "ENOTSUP" || code === "ENOSYS") renameSync(draft, path);
    else if (code !== "EEXIST") throw error;
  } finally {
    if (database.isOpen) database.close();
    rmSync(draft, { force: true });
  }
}

/** Refuses what another version of SONM has written. A journal without entries is of no version yet. */
function checkVersion(database: DatabaseSync, what: string): void {
  const version = Number(Object.values(database.prepare("pragma user_version").get() ?? {})[0]);
  if (version === JOURNAL_VERSION) return;
  if (version === 0 && database.prepare("select 1 from entries limit 1").get() === undefined) {
    database.exec(`pragma user_version = ${JOURNAL_VERSION}`);
    return;
  }
  const why = `another version of SONM has written it: its entries are of version ${version}, and this one reads ${JOURNAL_VERSION}`;
  const todo =
    version > JOURNAL_VERSION
      ? "install the version of SONM that wrote it, or a later one"
      : "let the version of SONM that wrote it finish what it has in hand, then name another data folder or move the journal away: then it begins anew";
  throw new Failure(what, why, todo);
}

/** Opens a file for this process alone, and checks it. */
function openAlone(path: string, what: string): DatabaseSync {
  if (path !== IN_MEMORY) {
    make(path);
    const file = statSync(path);
    if (file.isDirectory()) throw folderInstead(what);
    if (file.size < HEADER_SIZE) throw damaged(what, `it has ${file.size} bytes`);
  }
  const database = new DatabaseSync(path);
  try {
    // The lock of a killed process ends with it. `full`: a commit survives the loss of power, not only of the process.
    database.exec(`pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full;
      begin immediate; ${ENTRIES}; commit;`);
    const [found] = Object.values(database.prepare("pragma quick_check(1)").get() ?? {});
    if (found !== "ok") throw damaged(what, String(found));
    checkVersion(database, what);
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

/**
 * Opens or makes a journal.
 * @throws Failure if another process has it open (two of one role would send everything twice), if it is damaged, or if its disk is in
 * the way; also later, from whatever reads or writes it
 */
export function openJournal(path: string): Journal {
  /** Says in words what is in the way of `action`. */
  function told<T>(what: string, action: () => T): T {
    try {
      return action();
    } catch (cause) {
      throw databaseFailure(`The journal ${path} cannot be ${what}`, cause);
    }
  }

  const database = told("opened", () => openAlone(path, `The journal ${path} cannot be opened`));
  const get = database.prepare("select value from entries where kind = ? and id = ?");
  const put = database.prepare(
    "insert into entries (kind, id, value) values (?, ?, ?) on conflict (kind, id) do update set value = excluded.value",
  );
  const add = database.prepare("insert into entries (kind, id, value) values (?, ?, ?) on conflict do nothing");
  const remove = database.prepare("delete from entries where kind = ? and id = ?");
  const all = database.prepare("select id, value from entries where kind = ? order by number");
  const rename = database.prepare("update entries set kind = ? where kind = ? and id = ?");
  /** what is to be forgotten when changes are taken back */
  const forgets: (() => void)[] = [];

  const journal: Journal = {
    table<T extends Value>(kind: string): Table<T> {
      const read = (row: Record<string, unknown>) => {
        try {
          return decode(row.value as Uint8Array) as T;
        } catch (cause) {
          const how = `an entry of the kind ${kind}: ${cause instanceof Failure ? cause.why : String(cause)}`;
          throw damaged(`The journal ${path} cannot be read`, how);
        }
      };
      return {
        get(id) {
          const row = told("read", () => get.get(kind, id));
          return row && read(row);
        },
        put: (id, value) => void told("written", () => put.run(kind, id, encode(value))),
        add: (id, value) => told("written", () => add.run(kind, id, encode(value))).changes > 0,
        delete: (id) => void told("written", () => remove.run(kind, id)),
        all: () => told("read", () => all.all(kind)).map(read),
        entries: () => told("read", () => all.all(kind)).map((row) => [String(row.id), read(row)]),
      };
    },
    openTable: (kind) =>
      createOpenTable(kind, {
        table: journal.table,
        move: (id, from, to) => void told("written", () => rename.run(to, from, id)),
        together: journal.together,
        onRollback: (forget) => void forgets.push(forget),
      }),
    together(action) {
      if (database.isTransaction) return action();
      try {
        return told("written", () => together(database, action));
      } catch (error) {
        for (const forget of forgets) forget();
        throw error;
      }
    },
    mail() {
      const cursors = journal.table<number>("cursor");
      return {
        kept: journal.openTable<Kept>("letter"),
        // Before there were lanes, a journal had one number for all mail.
        get: (lane) => cursors.get(lane) ?? cursors.get("mail") ?? 0,
        advance: (lane, cursor, note) =>
          journal.together(() => {
            note();
            cursors.put(lane, cursor);
          }),
        together: journal.together,
      };
    },
    checkpoint() {
      const checkpoints = journal.table<Uint8Array>("checkpoint");
      return { get: () => checkpoints.get("market"), put: (bytes) => checkpoints.put("market", bytes) };
    },
    close: () => database.close(),
  };
  return journal;
}
