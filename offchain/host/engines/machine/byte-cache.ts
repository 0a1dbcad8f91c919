// Contents that are needed again and again, kept in memory up to a limit.

export type ByteCache = {
  /** The content kept under `key`, else the one that `load` returns. A failure is not kept: the next call loads again. */
  get(key: string, load: () => Promise<Uint8Array>): Promise<Uint8Array>;
};

/**
 * A cache that drops the least recently used contents first.
 * @param limit bytes of all contents together; a larger content is kept alone, until another one is requested
 */
export function createByteCache(limit: number): ByteCache {
  /** In order of use, the least recent first. `size` is 0 until the content has arrived. */
  const kept = new Map<string, { readonly content: Promise<Uint8Array>; size: number }>();

  function shrink(): void {
    let total = [...kept.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [key, { size }] of kept) {
      if (total <= limit || kept.size === 1) return;
      kept.delete(key);
      total -= size;
    }
  }

  return {
    async get(key, load) {
      const entry = kept.get(key) ?? { content: load(), size: 0 };
      kept.delete(key);
      kept.set(key, entry);
      try {
        const content = await entry.content;
        entry.size = content.length;
        shrink();
        return content;
      } catch (error) {
        if (kept.get(key) === entry) kept.delete(key);
        throw error;
      }
    },
  };
}
