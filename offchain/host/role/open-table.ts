// Tables whose open entries are in memory, so that a look costs what is open and not all that was ever done. Each entry is decoded once;
// what is over stays on the disk alone. One process holds a journal, so what its memory has is what the disk has.
import type { Value } from "@sonm/protocol/values/codec";

/** Seconds of the chain's time after which what it shows is final, so that an entry can be over: no reorganisation goes so far back. */
export const FINAL_SECONDS = 3600;

/** What is written about the entries of a table later, by their ids. In memory while the entry is open. */
export type Part<T extends Value> = {
  get(id: string): T | undefined;
  put(id: string, value: T): void;
  delete(id: string): void;
};

export type OpenTable<T extends Value> = Part<T> & {
  /** Adds an entry, but keeps an existing one. True if the entry is new. */
  add(id: string, value: T): boolean;
  /** The open entries, in order of their first writing. Each is the same object until it is written again. */
  all(): T[];
  /** Number of open entries. */
  count(): number;
  /** Whether an entry is open. */
  isOpen(id: string): boolean;
  /**
   * Makes a function that tells which entries were written since its last call, in the table or in its parts; undefined if it can be any of
   * them: at its first call, and after changes were taken back.
   */
  watch(): () => ReadonlySet<string> | undefined;
  /** Makes a lookup among the open entries. It gives them in order of their first writing. */
  by(keyOf: (value: T) => string): (key: string) => readonly T[];
  /** These are over. `get` still finds them, and `add` keeps them. */
  end(ids: readonly string[]): void;
  part<P extends Value>(kind: string): Part<P>;
};

/** What a table needs of its journal. */
export type Disk = {
  table<T extends Value>(kind: string): Part<T> & { entries(): [string, T][] };
  /** Gives an entry another kind. */
  move(id: string, from: string, to: string): void;
  together<T>(action: () => T): T;
  /** Calls `forget` when changes have been taken back. */
  onRollback(forget: () => void): void;
};

export function createOpenTable<T extends Value>(kind: string, disk: Disk): OpenTable<T> {
  const here = disk.table<T>(kind);
  const over = disk.table<T>(`${kind}, over`);
  let memory: Map<string, T> | undefined;
  const lookups: Lookup<T>[] = [];
  const parts: Map<string, unknown>[] = [];
  const watches: { written: Set<string> | undefined }[] = [];
  disk.onRollback(() => {
    memory = undefined;
    for (const watch of watches) watch.written = undefined;
    for (const lookup of lookups) lookup.forget();
    for (const part of parts) part.clear();
  });

  function open(): Map<string, T> {
    memory ??= new Map(here.entries());
    return memory;
  }

  function tell(id: string): void {
    for (const { written } of watches) written?.add(id);
  }

  /** Brings memory to what the disk now has of an entry. */
  function refresh(id: string): void {
    tell(id);
    const entries = open();
    const before = entries.get(id);
    const now = here.get(id);
    if (now === undefined) {
      entries.delete(id);
      for (const part of parts) part.delete(id);
    } else entries.set(id, now);
    for (const lookup of lookups) lookup.replace(id, before, now);
  }

  return {
    get: (id) => open().get(id) ?? over.get(id),
    put(id, value) {
      if (!open().has(id) && over.get(id) !== undefined) return over.put(id, value);
      here.put(id, value);
      refresh(id);
    },
    add(id, value) {
      if (open().has(id) || over.get(id) !== undefined) return false;
      here.put(id, value);
      refresh(id);
      return true;
    },
    delete(id) {
      if (!open().has(id)) return over.delete(id);
      here.delete(id);
      refresh(id);
    },
    all: () => [...open().values()],
    count: () => open().size,
    isOpen: (id) => open().has(id),
    watch() {
      const watch: { written: Set<string> | undefined } = { written: undefined };
      watches.push(watch);
      return () => {
        const { written } = watch;
        watch.written = new Set();
        return written;
      };
    },
    by(keyOf) {
      const lookup = createLookup(keyOf, () => open().entries());
      lookups.push(lookup);
      return lookup.find;
    },
    end(ids) {
      const ending = ids.filter((id) => open().has(id));
      if (ending.length === 0) return;
      disk.together(() => {
        for (const id of ending) disk.move(id, kind, `${kind}, over`);
      });
      for (const id of ending) refresh(id);
    },
    part<P extends Value>(kindOfPart: string): Part<P> {
      const table = disk.table<P>(kindOfPart);
      /** of open entries alone; null for none */
      const known = new Map<string, P | null>();
      parts.push(known);
      return {
        get(id) {
          const before = known.get(id);
          if (before !== undefined) return before ?? undefined;
          const value = table.get(id);
          if (open().has(id)) known.set(id, value ?? null);
          return value;
        },
        put(id, value) {
          table.put(id, value);
          known.delete(id);
          tell(id);
        },
        delete(id) {
          table.delete(id);
          known.delete(id);
          tell(id);
        },
      };
    },
  };
}

type Lookup<T> = {
  find(key: string): readonly T[];
  replace(id: string, before: T | undefined, now: T | undefined): void;
  forget(): void;
};

/** A lookup that is made when it is first used, and then kept up by changes. */
function createLookup<T>(keyOf: (value: T) => string, entries: () => Iterable<[string, T]>): Lookup<T> {
  /** by key and id */
  let found: Map<string, Map<string, T>> | undefined;

  function place(id: string, value: T, lists: Map<string, Map<string, T>>): void {
    const key = keyOf(value);
    const list = lists.get(key) ?? new Map<string, T>();
    lists.set(key, list.set(id, value));
  }
  function make(): Map<string, Map<string, T>> {
    const lists = new Map<string, Map<string, T>>();
    for (const [id, value] of entries()) place(id, value, lists);
    return lists;
  }

  return {
    find(key) {
      found ??= make();
      return [...(found.get(key)?.values() ?? [])];
    },
    replace(id, before, now) {
      if (!found) return;
      const from = before === undefined ? undefined : keyOf(before);
      if (from !== undefined && (now === undefined || keyOf(now) !== from)) {
        found.get(from)?.delete(id);
        if (found.get(from)?.size === 0) found.delete(from);
      }
      if (now !== undefined) place(id, now, found);
    },
    forget() {
      found = undefined;
    },
  };
}
