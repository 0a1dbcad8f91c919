// Finds the program in a Docker image: an archive as `docker save`, `docker buildx`, `skopeo` and `sonm image build` write it.
import { posix } from "node:path";
import { type ArchivedImage, checkDigest, findImage } from "./archive.ts";
import { decompress } from "./compression.ts";
import type { Config } from "./documents.ts";
import { emptyFolder, type Folder, fileAt, layOver, unpack } from "./file-system.ts";
import { BUILD, type Budget, createBudget, LIMITS, type Limits, refuse } from "./limits.ts";
import { readTar } from "./tar.ts";

/** What the machine needs of an image. */
export type ImageContent = {
  /** Names that the image gets when a Docker engine loads it. */
  readonly tags: readonly string[];
  /** Absolute path of the program in the image. */
  readonly entrypoint: string;
  readonly elf: Uint8Array;
};

/**
 * Reads the program of an image. Layers may be compressed; later ones override earlier ones and hide their files.
 * It takes time and memory up to the limits: `readProgram` does this in a thread.
 * @throws Failure if it is not exactly one image of platform linux/riscv64 whose entrypoint is one file without arguments, or if it
 * goes beyond a limit
 */
export function readImage(tar: Uint8Array, limits: Limits = LIMITS): ImageContent {
  const budget = createBudget(limits);
  const archive = decompress(tar, "the image", budget);
  const { tags, config, layers } = findImage(archive, budget);
  const path = pathOf(config);
  const entrypoint = posix.normalize(path);
  const files = filesOf(archive, layers, checkedDigests(config, layers.length, limits), budget);
  const program = fileAt(files, Buffer.from(path).toString("latin1"));
  if (!program)
    throw refuse(`its entrypoint ${entrypoint} is not a file in it`, "correct ENTRYPOINT, or copy the program there");
  // A second time: it was read with the budget already.
  const layer = layers.find(({ file }) => file.at === program.tar);
  const bytes = layer ? unpacked(archive, layer, createBudget(limits)) : new Uint8Array();
  // A copy, so that the layer is not kept for it.
  return { tags, entrypoint, elf: new Uint8Array(bytes.subarray(program.at, program.at + program.size)) };
}

type Layer = ArchivedImage["layers"][number];

function unpacked(archive: Uint8Array, { name, file }: Layer, budget: Budget): Uint8Array {
  return decompress(archive.subarray(file.at, file.at + file.size), name, budget);
}

/**
 * Lays the layers over each other. Files are places in their layer, so that one unpacked layer is in memory at a time. A layer that is
 * named again is not read again.
 */
function filesOf(archive: Uint8Array, layers: readonly Layer[], digests: readonly string[], budget: Budget): Folder {
  const root = emptyFolder();
  const read = new Map<string, { readonly folder: Folder; readonly entries: number }>();
  for (const [i, layer] of layers.entries()) {
    const name = `its layer ${layer.name}`;
    const digest = digests[i] ?? "";
    const key = `${layer.file.at} ${digest}`;
    const known = read.get(key);
    const before = budget.left().entries;
    if (known) budget.entries(known.entries);
    const folder = known?.folder ?? unpackChecked(layer, name, digest);
    if (!known) read.set(key, { folder, entries: before - budget.left().entries });
    layOver(root, folder);
  }
  return root;

  function unpackChecked(layer: Layer, name: string, digest: string): Folder {
    const bytes = unpacked(archive, layer, budget);
    checkDigest(bytes, digest, name, "its configuration");
    return unpack(readTar(bytes, name), layer.file.at, name, budget);
  }
}

/** The layers' digests. They are what makes an image the same everywhere, so an image without them is refused. */
function checkedDigests({ rootfs }: Config, layers: number, limits: Limits): readonly string[] {
  const digests = rootfs.diff_ids;
  if (layers > limits.layers) throw refuse(`it has ${layers} layers, more than ${limits.layers}`, "squash its layers");
  if (digests.length !== layers) throw refuse(`it has ${layers} layers, and digests (diff_ids) of ${digests.length}`);
  return digests;
}

/** The image's command line, which must be one word: the path of the program. */
function programOf({ config }: Config): string {
  const command = [...(config?.Entrypoint ?? []), ...(config?.Cmd ?? [])];
  const [program, ...args] = command;
  if (!program) throw refuse("it names no entrypoint", `set ENTRYPOINT ["/program"], or ${BUILD}`);
  if (args.length > 0)
    throw refuse(
      `its command line has arguments: ${JSON.stringify(command)}; a program in the machine gets its input and nothing else`,
      'set ENTRYPOINT ["/program"] without arguments and no CMD',
    );
  if (!program.includes("/"))
    throw refuse(`its entrypoint '${program}' is no path`, `write where the program lies, such as /bin/${program}`);
  return program;
}

/** The program's path from the root, with `.` and `..` in it: what they mean depends on the links before them. */
function pathOf(config: Config): string {
  const program = programOf(config);
  return program.startsWith("/") ? program : `${posix.resolve("/", config.config?.WorkingDir ?? "/")}/${program}`;
}
