import assert from "node:assert/strict";
import { test } from "node:test";
import { createByteCache } from "../../../../../offchain/host/engines/machine/byte-cache.ts";

/** A cache of 10 bytes, and what it has loaded so far. */
function cacheOfTen() {
  const cache = createByteCache(10);
  const loaded: string[] = [];
  const get = (key: string, size = 4) =>
    cache.get(key, async () => {
      loaded.push(key);
      return new Uint8Array(size);
    });
  return { cache, get, loaded };
}

test("what is asked for again is not loaded again, not even while it is on its way", async () => {
  const { get, loaded } = cacheOfTen();
  await Promise.all([get("a"), get("a")]);
  assert.equal((await get("a")).length, 4);
  assert.deepEqual(loaded, ["a"]);
});

test("what was not used for longest goes first", async () => {
  const { get, loaded } = cacheOfTen();
  for (const key of ["a", "b", "a", "c"]) await get(key);
  assert.deepEqual(loaded, ["a", "b", "c"]);
  for (const key of ["a", "c"]) await get(key);
  assert.deepEqual(loaded, ["a", "b", "c"]);
  await get("b");
  assert.deepEqual(loaded, ["a", "b", "c", "b"]);
});

test("the limit itself is allowed", async () => {
  const { get, loaded } = cacheOfTen();
  for (const key of ["a", "b", "a", "b"]) await get(key, 5);
  assert.deepEqual(loaded, ["a", "b"]);
});

test("what is larger than the limit is kept alone", async () => {
  const { get, loaded } = cacheOfTen();
  await get("small");
  for (let i = 0; i < 3; i++) await get("large", 11);
  assert.deepEqual(loaded, ["small", "large"]);
  await get("small");
  await get("large", 11);
  assert.deepEqual(loaded, ["small", "large", "small", "large"]);
});

test("a failure is not kept", async () => {
  const { cache, get, loaded } = cacheOfTen();
  await assert.rejects(
    cache.get("a", () => Promise.reject(new Error("not yet"))),
    /not yet/,
  );
  await get("a");
  assert.deepEqual(loaded, ["a"]);
});
