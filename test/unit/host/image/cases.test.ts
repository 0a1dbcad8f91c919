// Small images that once were read otherwise than by Docker. Their programs exit with 7 or 9 at once.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { endingOf } from "@sonm/protocol/machine/ending";
import { createMachine } from "@sonm/protocol/machine/machine";
import { Failure } from "@sonm/protocol/values/failure";
import { readProgram } from "../../../../offchain/host/image/program.ts";

const imageIn = (name: string) => readFileSync(new URL(`./cases/${name}.tar`, import.meta.url));

describe("an image exits as in Docker", () => {
  const cases: [string, string, number][] = [
    ["U1: an upper layer replaces a link by a folder", "usrmerge-old-program-runs", 9],
    ["U1: a link in a path of the same layer is followed", "usrmerge-same-layer", 7],
    ["U1: the target of a hard link leads through a link", "hardlink-through-symlinkdir-same-layer", 7],
    ["U2: a layer that is in the archive twice, once as a hard link", "layer-twice-hardlink", 7],
    ["U2: an OCI layout", "oci-layout", 7],
    ["U3: an entrypoint that is text is one word", "entry-string", 7],
  ];
  for (const [name, file, code] of cases)
    test(name, async () => {
      const machine = createMachine(await readProgram(imageIn(file)), new Uint8Array());
      machine.run(100);
      assert.equal(endingOf(machine.words).exitCode, code);
    });
});

describe("an image is refused in words", () => {
  const cases: [string, string, RegExp][] = [
    ["U1: a pipe hides the program", "fifo-over", /^its entrypoint \/program is not a file in it$/],
    ["U2: without digests of its layers", "zstd-two-frames-no-diffids", /^it has 1 layers, and digests .* of 0$/],
    ["U3: a configuration that is null", "config-null", /^config\.json must be an object, not nothing$/],
    ["U3: a manifest that is null", "manifest-null", /^manifest\.json must be a list of at most 1000, not nothing$/],
    [
      "U3: layers that are null",
      "layers-null",
      /^manifest\.json\[0\]\.Layers must be a list of at most 1000, not nothing$/,
    ],
  ];
  for (const [name, file, why] of cases)
    test(name, async () => {
      await assert.rejects(readProgram(imageIn(file)), (error) => {
        assert.ok(error instanceof Failure);
        assert.match(error.why, why);
        return true;
      });
    });
});
