// Finds the program in a Docker image: a docker-archive tar, as `docker save` and `sonm image build` write it.
import { createHash } from "node:crypto";
import { posix } from "node:path";
import { Failure } from "@sonm/protocol/values/failure";
import { decompress, type Entry, unpackTar } from "./archive.ts";
import { fileAt, layOver } from "./file-system.ts";

/** What the machine needs of an image. */
export type ImageContent = {
  /** Names that the image gets when a Docker engine loads it. */
  readonly tags: readonly string[];
  /** Absolute path of the program in the image. */
  readonly entrypoint: string;
  readonly elf: Uint8Array;
};

type Manifest = { Config: string; RepoTags: string[] | null; Layers: string[] };
type Config = {
  architecture?: string;
  os?: string;
  config?: { Entrypoint?: string[] | null; Cmd?: string[] | null; WorkingDir?: string };
  rootfs?: { diff_ids?: string[] };
};

const BUILD = "build it with `sonm image build ELF -o TAR`";
const SAVE = "save it with `docker save IMAGE -o TAR`, or build it with `sonm image build ELF -o TAR`";

function refuse(why: string, todo: string): Failure {
  return new Failure("This image cannot be run in the machine", why, todo);
}

/**
 * Reads the program of an image. Layers may be compressed; later ones override earlier ones and hide their files.
 * @throws Failure if it is not exactly one image of platform linux/riscv64 whose entrypoint is one file without arguments
 */
export async function readImage(tar: Uint8Array): Promise<ImageContent> {
  const members = await unpackTar(decompress(tar, "the image"), "the image");
  const archive = new Map(members.map(([path, entry]) => [posix.normalize(path), entry]));
  const manifest = onlyImage(archive);
  const config = parse<Config>(archive, manifest.Config);
  checkPlatform(config);
  const entrypoint = entrypointOf(config);

  const layers = [];
  for (const [i, path] of manifest.Layers.entries()) {
    const layer = decompress(memberOf(archive, path), path);
    checkDigest(layer, config.rootfs?.diff_ids?.[i], path);
    layers.push(await unpackTar(layer, path));
  }
  const elf = fileAt(layOver(layers), entrypoint);
  if (!elf)
    throw refuse(`its entrypoint ${entrypoint} is not a file in it`, "correct ENTRYPOINT, or copy the program there");
  return { tags: manifest.RepoTags ?? [], entrypoint, elf };
}

function onlyImage(archive: ReadonlyMap<string, Entry>): Manifest {
  if (!archive.has("manifest.json")) {
    const why = archive.has("oci-layout") ? "it is an OCI layout, not a docker-archive" : "it has no manifest.json";
    throw refuse(why, SAVE);
  }
  const images = parse<Manifest[]>(archive, "manifest.json");
  const [image] = images;
  if (!image || images.length > 1) {
    const names = images.map((one) => one.RepoTags?.join(", ") ?? "unnamed").join("; ");
    throw refuse(`it holds ${images.length} images${names ? ` (${names})` : ""}`, "save one image only");
  }
  return image;
}

function checkPlatform({ os, architecture }: Config): void {
  if (os === "linux" && architecture === "riscv64") return;
  throw refuse(
    `its platform is ${os ?? "unknown"}/${architecture ?? "unknown"}; the machine runs linux/riscv64`,
    `compile the program for RISC-V (see guest/README.md), then ${BUILD}`,
  );
}

/** Absolute path of the program: the image's command line must be this one word. */
function entrypointOf({ config = {} }: Config): string {
  const command = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  const [program, ...args] = command;
  if (!program) throw refuse("it names no entrypoint", `set ENTRYPOINT ["/program"], or ${BUILD}`);
  if (args.length > 0)
    throw refuse(
      `its command line has arguments: ${JSON.stringify(command)}; a program in the machine gets its input and nothing else`,
      'set ENTRYPOINT ["/program"] without arguments and no CMD',
    );
  if (!program.includes("/"))
    throw refuse(`its entrypoint '${program}' is no path`, `write where the program lies, such as /bin/${program}`);
  return posix.resolve("/", config.WorkingDir ?? "/", program);
}

function checkDigest(layer: Uint8Array, expected: string | undefined, path: string): void {
  const found = `sha256:${createHash("sha256").update(layer).digest("hex")}`;
  if (expected !== undefined && found !== expected)
    throw refuse(`its layer ${path} is not what its configuration says (${found}, not ${expected})`, SAVE);
}

/** A file of the archive. If a layer occurs twice, `docker save` writes the second one as a link to the first. */
function memberOf(archive: ReadonlyMap<string, Entry>, path: string): Uint8Array {
  const entry = archive.get(path);
  const target = entry && "target" in entry ? archive.get(posix.join(posix.dirname(path), entry.target)) : entry;
  if (target?.kind === "file") return target.data;
  throw refuse(`${path}, which its manifest names, is not in it`, SAVE);
}

function parse<T>(archive: ReadonlyMap<string, Entry>, path: string): T {
  const text = Buffer.from(memberOf(archive, path)).toString();
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new Failure("This image cannot be read", `${path} in it is not JSON`, SAVE, { cause });
  }
}
