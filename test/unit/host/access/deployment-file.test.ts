import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Failure } from "@sonm/protocol/values/failure";
import { readDeployment, writeDeployment } from "../../../../offchain/host/access/deployment-file.ts";
import { createWorld } from "../../chain/world.ts";

describe("a deployment file", () => {
  it("comes back as it was written, and is refused when it is not one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sonm-deployment-"));
    const file = join(folder, "deployment.json");
    const world = await createWorld();
    try {
      writeDeployment(file, world.deployment);
      assert.deepEqual(readDeployment(file), world.deployment);
      // U10: an editor may have put a byte order mark before it.
      writeFileSync(file, `\ufeff${JSON.stringify(world.deployment)}`);
      assert.deepEqual(readDeployment(file), world.deployment);
      const { snm: _, ...others } = world.addresses;
      const wrong = [
        "",
        "{}",
        "null",
        ...[others, null].map((addresses) => JSON.stringify({ ...world.deployment, addresses })),
      ];
      for (const text of wrong) {
        writeFileSync(file, text);
        assert.throws(() => readDeployment(file), Failure);
      }
      assert.throws(() => readDeployment(join(folder, "none.json")), /ENOENT/);
    } finally {
      rmSync(folder, { recursive: true });
      await world.anvil.stop();
    }
  });
});
