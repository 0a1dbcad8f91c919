// Changed copies of maps that stay as they are.

/** A map that is being changed. Reads see the changes; the map before does not. */
export type DraftMap<K, V> = Pick<Map<K, V>, "get" | "set" | "delete" | "has"> & {
  /** The map after the changes; the map before itself if there were none. */
  end(): ReadonlyMap<K, V>;
};

/** Starts to change a map. It is copied at the first change, so what changes nothing costs nothing. */
export function draftOf<K, V>(before: ReadonlyMap<K, V>): DraftMap<K, V> {
  let after: Map<K, V> | undefined;
  const own = () => {
    after ??= new Map(before);
    return after;
  };
  return {
    get: (key) => (after ?? before).get(key),
    has: (key) => (after ?? before).has(key),
    set: (key, value) => own().set(key, value),
    delete: (key) => (after ?? before).has(key) && own().delete(key),
    end: () => after ?? before,
  };
}
