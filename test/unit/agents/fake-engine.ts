// An engine without a machine: a unit's output is its number, and its result is the hash of that. Roles that know only the interface of
// engines can work with it.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { inputsRoot } from "@sonm/protocol/job/inputs";
import { encodeManifest } from "@sonm/protocol/job/manifest";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import { Failure } from "@sonm/protocol/values/failure";
import { zeroAddress } from "viem";
import { type Content, contentSource } from "../../../offchain/host/disk/content-file.ts";
import type { Engine } from "../../../offchain/host/engines/engine.ts";
import { hashOf } from "./fixtures.ts";

const encoder = new TextEncoder();

const idOf = (content: Content) => contentIdOf(contentSource(content));

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
      const inputRoots = inputs.map(idOf);
      const ids = { image: contentIdOf(image), inputs: inputRoots };
      const manifest = encodeManifest({ ...ids, inputRoots, nonce: hashOf(9) });
      const roots = { programRoot: ids.image, entry: 0n, inputsRoot: inputsRoot(inputRoots) };
      const content = { machine: zeroAddress, image: ids.image, ...roots, units: inputs.length };
      return { content: { ...content, salt: contentIdOf(manifest) }, manifest };
    },
    async check() {
      if (objection !== undefined) throw new Failure("The image does not fit", objection, "do not take this job");
    },
    async compute(_, unit, lying, _turn, into) {
      const output = contentIdOf(fakeOutput(unit, lying));
      if (into !== undefined) writeFileSync(into, fakeOutput(unit, lying));
      const ending = { steps: 0, memory: 0, halt: 0, exitCode: 0, output, proof: new Uint8Array() };
      return { resultHash: output, ...ending, corruption: lying ? "a lie" : undefined };
    },
    tryOut: async () => ({ steps: 1, halt: 1, exitCode: 0 }),
    async checkOutput({ resultHash }, output) {
      assert.equal(idOf(output), resultHash, "this is not the unit's output");
    },
    async stop() {},
  };
}
