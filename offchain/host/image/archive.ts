// The archive that an image comes in: a docker-archive (`manifest.json`), an OCI layout (`index.json`), or both in one.
// (Docker image specification v1.2; OCI image specification v1.1, 'Image Layout'.)
import { createHash } from "node:crypto";
import { type Config, type Descriptor, documents, readDocument } from "./documents.ts";
import { type File, type Folder, fileAt, unpack } from "./file-system.ts";
import { BUILD, type Budget, refuse } from "./limits.ts";
import { readTar } from "./tar.ts";

/** What the one image of an archive is made of. */
export type ArchivedImage = {
  readonly tags: readonly string[];
  readonly config: Config;
  /** from the lowest on, compressed or not */
  readonly layers: readonly { readonly name: string; readonly file: File }[];
};

type Archive = { readonly bytes: Uint8Array; readonly root: Folder };
/** An image that an OCI layout names. */
type Candidate = {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly tags: Set<string>;
};

/** An index can name another one, as `docker buildx` does it. */
const MOST_INDEXES = 4;

/** @throws Failure if it is not exactly one image of platform linux/riscv64 */
export function findImage(bytes: Uint8Array, budget: Budget): ArchivedImage {
  const archive = { bytes, root: unpack(readTar(bytes, "the image"), 0, "its archive", budget) };
  const [docker, oci] = [find(archive, "manifest.json"), find(archive, "index.json")];
  if (!docker && !oci) throw refuse("it has no manifest.json, and no index.json of an OCI layout");
  const candidates = oci && candidatesIn(archive, contentOf(archive, oci));
  if (!docker) return fromOciLayout(archive, candidates ?? []);
  return fromDockerArchive(archive, contentOf(archive, docker), candidates);
}

function contentOf({ bytes }: Archive, { at, size }: File): Uint8Array {
  return bytes.subarray(at, at + size);
}

function find({ root }: Archive, path: string): File | undefined {
  return fileAt(root, Buffer.from(path).toString("latin1"));
}

/** A file that a document names. */
function named(archive: Archive, path: string): File {
  const file = find(archive, path);
  if (!file) throw refuse(`${path}, which its manifest names, is not in it`);
  return file;
}

/** @throws Failure if the bytes have another digest */
export function checkDigest(bytes: Uint8Array, expected: string, name: string, sayer = "its digest"): void {
  const [algorithm = ""] = expected.split(":", 1);
  const found = `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
  if (found !== expected) throw refuse(`${name} is not what ${sayer} says (${found}, not ${expected})`);
}

function blob(archive: Archive, { digest }: Descriptor): File {
  const path = `blobs/${digest.replace(":", "/")}`;
  const file = named(archive, path);
  checkDigest(contentOf(archive, file), digest, path);
  return file;
}

function platformOf({ os, architecture }: { os?: string | undefined; architecture?: string | undefined }): string {
  return `${os ?? "unknown"}/${architecture ?? "unknown"}`;
}

const PLATFORM = "linux/riscv64";

function checkPlatform(found: readonly string[]): void {
  if (found.includes(PLATFORM)) return;
  throw refuse(
    `its platform is ${found.join(" or ")}; the machine runs ${PLATFORM}`,
    `compile the program for RISC-V (see guest/README.md), then ${BUILD}`,
  );
}

function checkOne(count: number, names: readonly string[]): void {
  if (count === 1) return;
  throw refuse(`it holds ${count} images${names.length > 0 ? ` (${names.join("; ")})` : ""}`, "save one image only");
}

/** @param candidates what the archive's OCI layout names, if it has one, too */
function fromDockerArchive(
  archive: Archive,
  manifest: Uint8Array,
  candidates: readonly Candidate[] | undefined,
): ArchivedImage {
  const images = readDocument(manifest, documents.archive, "manifest.json");
  checkOne(
    images.length,
    images.map(({ RepoTags }) => RepoTags?.join(", ") ?? "unnamed"),
  );
  const [image = { Config: "", Layers: [], RepoTags: [] }] = images;
  const content = contentOf(archive, named(archive, image.Config));
  const config = readDocument(content, documents.config, image.Config);
  checkPlatform([platformOf(config)]);
  // One engine reads one of them, the next one the other.
  for (const { config } of candidates ?? []) checkDigest(content, config.digest, "the image of its manifest.json");
  return {
    tags: image.RepoTags ?? [],
    config,
    layers: image.Layers.map((name) => ({ name, file: named(archive, name) })),
  };
}

function fromOciLayout(archive: Archive, candidates: readonly Candidate[]): ArchivedImage {
  checkOne(
    candidates.length,
    candidates.map(({ tags }) => [...tags].join(", ") || "unnamed"),
  );
  const [image = { config: { digest: "" }, layers: [], tags: [] }] = candidates;
  const config = configOf(archive, image.config as Descriptor);
  checkPlatform([platformOf(config)]);
  // A layer that is named many times is checked once.
  const checked = new Map<string, File>();
  const layers = image.layers.map((layer) => {
    const file = checked.get(layer.digest) ?? blob(archive, layer);
    checked.set(layer.digest, file);
    return { name: layer.digest, file };
  });
  return { tags: [...image.tags], config, layers };
}

function configOf(archive: Archive, descriptor: Descriptor): Config {
  return readDocument(contentOf(archive, blob(archive, descriptor)), documents.config, descriptor.digest);
}

/**
 * The images of an OCI layout that are for the machine, each one once.
 * @throws Failure if it has images for other platforms only
 */
function candidatesIn(archive: Archive, index: Uint8Array): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  /** what has been read and is no candidate */
  const done = new Set<string>();
  const others = new Set<string>();

  function look(descriptors: readonly Descriptor[], names: readonly string[], depth: number): void {
    for (const descriptor of descriptors) {
      const { digest, platform, annotations } = descriptor;
      const own = annotations?.["io.containerd.image.name"] ?? annotations?.["org.opencontainers.image.ref.name"];
      const tags = own === undefined ? names : [own];
      // An attestation says something about an image, and is none.
      if (annotations?.["vnd.docker.reference.type"] !== undefined || done.has(digest)) continue;
      if (platform && platformOf(platform) !== PLATFORM) {
        others.add(platformOf(platform));
        continue;
      }
      const known = found.get(digest);
      if (known) {
        for (const tag of tags) known.tags.add(tag);
        continue;
      }
      const { manifests, config, layers } = readDocument(
        contentOf(archive, blob(archive, descriptor)),
        documents.manifest,
        digest,
      );
      if (manifests && !config && !layers) {
        if (depth === MOST_INDEXES) throw refuse(`it has more than ${MOST_INDEXES} indexes within each other`);
        done.add(digest);
        look(manifests, tags, depth + 1);
      } else if (config && layers && !manifests) {
        const said = platform ? PLATFORM : platformOf(configOf(archive, config));
        if (said === PLATFORM) found.set(digest, { config, layers, tags: new Set(tags) });
        else {
          others.add(said);
          done.add(digest);
        }
      } else throw refuse(`${digest} in it is neither an image nor an index of images`);
    }
  }

  const { manifests } = readDocument(index, documents.manifest, "index.json of its OCI layout");
  if (!manifests) throw refuse("index.json of its OCI layout names no manifests");
  look(manifests, [], 1);
  others.delete("unknown/unknown");
  if (found.size === 0 && others.size > 0) checkPlatform([...others]);
  return [...found.values()];
}
