// Every decoder with wrong bytes, a few hundred cases each. `npm run fuzz -- --minutes N` tries more of them.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { fuzz, seed } from "../../support/fuzz.ts";
import { decoders } from "./decoders.ts";
import { type Reading, watch } from "./watch.ts";

describe("S2: wrong bytes are read or refused in words, within bounded time and memory", () => {
  const readings: Reading[] = [];
  before(() => watch({ names: [], seed, runs: fuzz(120).numRuns }, (reading) => readings.push(reading)));

  test("in a process that lives to the end", () => {
    assert.equal(readings.find(({ name }) => name === "?")?.finding, undefined);
  });

  for (const { name } of decoders)
    test(`by the decoder: ${name}`, () => {
      const reading = readings.find((one) => one.name === name);
      assert.ok(reading, "the process ended before");
      const { finding, returned, seed } = reading;
      assert.equal(finding, undefined, `seed ${seed}: ${finding?.why}\nThe bytes: ${finding?.hex}`);
      assert.ok(returned > 0, "nothing at all was read, so the real bytes are none");
    });
});
