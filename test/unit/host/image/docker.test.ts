// Our images in a real Docker engine, and back.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Failure } from "@sonm/protocol/values/failure";
import Docker from "dockerode";
import { buildImage } from "../../../../offchain/host/image/build.ts";
import { loadImage, saveImage } from "../../../../offchain/host/image/docker.ts";
import { readImage } from "../../../../offchain/host/image/read.ts";
import { wordcountElf } from "./image-parts.ts";

const docker = new Docker();
const absent = await docker.ping().then(
  () => false as const,
  (error: Error) => `no Docker engine answers (${error.message}): apt-get install docker.io, then dockerd`,
);

// CI requires an engine: there the tests run, and fail, without one.
const skip = process.env.SONM_REQUIRE_DOCKER === "1" ? false : absent;

describe("a Docker engine", { skip }, () => {
  const tag = `sonm-test-${process.pid}:latest`;

  test("loads our image, says that it is linux/riscv64, and gives it back", async () => {
    await loadImage(docker, await buildImage(wordcountElf, tag));
    try {
      const seen = await docker.getImage(tag).inspect();
      assert.equal(seen.Os, "linux");
      assert.equal(seen.Architecture, "riscv64");
      assert.deepEqual(seen.Config.Entrypoint, ["/program"]);
      const back = readImage(await saveImage(docker, tag));
      assert.deepEqual(Buffer.from(back.elf), Buffer.from(wordcountElf));
      assert.equal(back.entrypoint, "/program");
      assert.deepEqual(back.tags, [tag]);
    } finally {
      await docker.getImage(tag).remove({ force: true });
    }
  });

  test("an image it does not have is a failure that says so", async () => {
    await assert.rejects(saveImage(docker, "sonm-no-such-image"), (error) => {
      return error instanceof Failure && /sonm-no-such-image/.test(error.what) && /docker images/.test(error.todo);
    });
  });
});

test("without an engine the failure says what to do", async () => {
  const nowhere = new Docker({ socketPath: "/nonexistent/docker.sock" });
  await assert.rejects(saveImage(nowhere, "x"), (error) => error instanceof Failure && /start Docker/.test(error.todo));
});
