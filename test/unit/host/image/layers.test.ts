// Layers laid over each other, as Docker and containerd do it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Failure } from "@sonm/protocol/values/failure";
import Docker from "dockerode";
import fc from "fast-check";
import { extract } from "tar-stream";
import { loadImage } from "../../../../offchain/host/image/docker.ts";
import { emptyFolder, type Folder, layOver, unpack } from "../../../../offchain/host/image/file-system.ts";
import { createBudget, LIMITS } from "../../../../offchain/host/image/limits.ts";
import { readTar } from "../../../../offchain/host/image/tar.ts";
import { fuzz } from "../../../support/fuzz.ts";
import { type Item, imageOf, tarOf } from "./image-parts.ts";
import { type Listing, madeUpLayers, modelOf } from "./made-up-layers.ts";

const sorted = (listing: Iterable<readonly [string, string]>) => [...listing].sort();

/** What the code under test sees, or why it refuses the layers. */
async function filesOf(sequence: readonly (readonly Item[])[]): Promise<Listing | Failure> {
  const tars = await Promise.all(sequence.map(tarOf));
  const root = emptyFolder();
  try {
    for (const [i, tar] of tars.entries())
      layOver(root, unpack(readTar(tar, "a layer"), i, "a layer", createBudget(LIMITS)));
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  const seen = new Map<string, string>();
  const list = (folder: Folder, path: string) => {
    for (const [name, node] of folder.children) {
      const at = `${path}/${name}`;
      if (node.kind === "file") seen.set(at, `${tars[node.tar]?.subarray(node.at, node.at + node.size)}`);
      else seen.set(at, node.kind === "link" ? `-> ${node.target}` : node.kind);
      if (node.kind === "folder") list(node, at);
    }
  };
  list(root, "");
  return seen;
}

test("U1: made-up layers give what the model says", async () => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(madeUpLayers, async (sequence) => {
      const [files, expected] = [await filesOf(sequence), modelOf(sequence)];
      if (files instanceof Failure) {
        refused++;
        assert.equal(expected, undefined, files.why);
      } else assert.deepEqual(sorted(files), sorted(expected ?? assert.fail("only the model refuses them")));
    }),
    fuzz(1000),
  );
  assert.ok(refused < fuzz(1000).numRuns * 0.7, `${refused} of the sequences are refused`);
});

const docker = new Docker();
const driver = await docker.info().then(
  ({ Driver }) => Driver as string,
  () => undefined,
);
const absent =
  driver === undefined
    ? "no Docker engine answers: apt-get install docker.io, then dockerd"
    : /overlay/.test(driver)
      ? false
      : `the Docker engine keeps layers with ${driver}, not as an overlay`;
const skip = process.env.SONM_REQUIRE_DOCKER === "1" ? false : absent;

/** What a container of these layers sees in a real engine; undefined if the engine does not take them. */
async function engineFiles(sequence: readonly (readonly Item[])[], tag: string): Promise<Listing | undefined> {
  const image = await imageOf({ tag, layers: sequence });
  try {
    await loadImage(docker, image);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
  const container = await docker.createContainer({ Image: tag, Cmd: ["/a"] });
  try {
    const seen = new Map<string, string>();
    const reader = extract();
    (await container.export()).pipe(reader);
    for await (const item of reader) {
      const { name, type, linkname } = item.header;
      const chunks: Buffer[] = [];
      for await (const chunk of item) chunks.push(chunk as Buffer);
      const at = `/${name.replace(/\/$/, "")}`;
      // The engine adds /dev, /etc and others of its own.
      if (!/^\/[abc](\/|$)/.test(at)) continue;
      if (type === "file") seen.set(at, Buffer.concat(chunks).toString());
      else if (type === "link") seen.set(at, seen.get(`/${linkname}`) ?? assert.fail(`${linkname} came after ${name}`));
      else if (type === "symlink") seen.set(at, `-> ${linkname}`);
      else seen.set(at, type === "directory" ? "folder" : "other");
    }
    return seen;
  } finally {
    await container.remove({ force: true });
    await docker.getImage(tag).remove({ force: true });
  }
}

test("U1: layers that show other files in one engine than in another are refused", async () => {
  const below: Item[] = [{ name: "a/low", data: "x" }];
  const again: Item = { name: "a/", type: "directory" };
  for (const layer of [[{ name: ".wh..wh..opq" }], [{ name: ".wh.a" }, again], [again, { name: ".wh.a" }]]) {
    const files = await filesOf([below, layer]);
    assert.match(files instanceof Failure ? files.why : "", /engines do different things with it$/);
  }
});

test("U1: what engines do not unpack is refused", async () => {
  const cases: [Item[], RegExp][] = [
    [[{ name: "a" }, { name: "a", type: "link", to: "a" }], /the target a of a hard link is no file of this layer$/],
    [[{ name: "b", type: "link", to: "low" }], /the target low of a hard link is no file of this layer$/],
    [[{ name: "a" }, { name: "a/b" }], /at a\/b, a is no folder$/],
    [[{ name: "a", type: "symlink", to: "a" }, { name: "a/b" }], /its links go in circles$/],
    [[{ name: ".wh.." }], /a whiteout hides no name$/],
  ];
  for (const [layer, why] of cases) {
    const files = await filesOf([[{ name: "low" }], layer]);
    assert.match(files instanceof Failure ? files.why : "it is read", why);
  }
});

test("U1: a file below a whiteout of its folder is the only one there", async () => {
  const files = await filesOf([[{ name: "a/low", data: "x" }], [{ name: ".wh.a" }, { name: "a/up", data: "y" }]]);
  assert.ok(!(files instanceof Failure));
  assert.deepEqual(sorted(files), [
    ["/a", "folder"],
    ["/a/up", "y"],
  ]);
});

describe("U1: a Docker engine", { skip }, () => {
  test("sees the same files in made-up layers, wherever it takes them", async () => {
    const tag = `sonm-test-layers-${process.pid}:latest`;
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(madeUpLayers, async (sequence) => {
        const expected = await engineFiles(sequence, tag);
        if (!expected) return;
        const files = await filesOf(sequence);
        if (files instanceof Failure) return assert.match(files.why, /engines do different things with it$/);
        taken++;
        assert.deepEqual(sorted(files), sorted(expected));
      }),
      { ...fuzz(25), endOnFailure: true },
    );
    assert.ok(taken >= fuzz(25).numRuns / 10, `the engine took ${taken} of the sequences`);
  });
});
