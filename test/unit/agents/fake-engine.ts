// An engine without a machine: a unit's output is its number, and its result is the hash of that. Roles that know only the interface of
// engines can work with it.
import assert from "node:assert/strict";
import { inputsRoot } from "@sonm/protocol/job/inputs";
import { encodeManifest } from "@sonm/protocol/job/manifest";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import { Failure } from "@sonm/protocol/values/failure";
import { zeroAddress } from "viem";
import type { Engine } from "../../../offchain/host/engines/engine.ts";
import { hashOf } from "./fixtures.ts";

const encoder = new TextEncoder();

/** The output of a unit, by an honest or a lying engine. */
export const fakeOutput = (unit: number, lying = false) => encoder.encode(`${unit}${lying ? " (a lie)" : ""}`);

/**
 * An engine that no contract can repeat.
 * @param objection the reason to reject every job; absent to accept them
 */
export function fakeEngine(objection?: string): Engine {
  return {
    guarantee: "replicated",
    machine: zeroAddress,
    parallel: 2,
    runs: ({ machine }) => machine === zeroAddress,
    async describe(image, inputs) {
      const inputRoots = inputs.map(contentIdOf);
      const ids = { image: contentIdOf(image), inputs: inputs.map(contentIdOf) };
      const manifest = encodeManifest({ ...ids, inputRoots, nonce: hashOf(9) });
      const roots = { programRoot: ids.image, entry: 0n, inputsRoot: inputsRoot(inputRoots) };
      const content = { machine: zeroAddress, image: ids.image, ...roots, units: inputs.length };
      return { content: { ...content, salt: contentIdOf(manifest) }, manifest };
    },
    async check() {
      if (objection !== undefined) throw new Failure("The image does not fit", objection, "do not take this job");
    },
    async compute(_, unit, lying) {
      const output = fakeOutput(unit, lying);
      const ending = { steps: 0, memory: 0, halt: 0, exitCode: 0, output, proof: new Uint8Array() };
      return { resultHash: contentIdOf(output), ...ending, corruption: lying ? "a lie" : undefined };
    },
    tryOut: async () => ({ steps: 1, halt: 1, exitCode: 0 }),
    checkOutput({ resultHash }, output) {
      assert.equal(contentIdOf(output), resultHash, "this is not the unit's output");
    },
    async stop() {},
  };
}
