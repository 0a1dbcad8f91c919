// What a job is made of, as content. The manifest's content id is the job's `salt`: anybody who sees the job on the chain can find all that
// is needed to compute it.
import { decode, encode } from "../values/codec.ts";
import { Failure } from "../values/failure.ts";
import { contentId, hash32, list, literal, object, type Shaped } from "../values/shape.ts";
import { inputsRoot } from "./inputs.ts";
import type { Job } from "./job.ts";

const MOST_UNITS = 2 ** 22;

const manifest = object({
  kind: literal("SONM manifest 1"),
  /** the image tar or ELF file; the job's `image` */
  image: contentId,
  /** the units' inputs, in order */
  inputs: list(contentId, MOST_UNITS),
  /** roots of the units' input regions, in order: the leaves under the job's `inputsRoot` */
  inputRoots: list(hash32, MOST_UNITS),
  /** makes equal jobs different */
  nonce: hash32,
});
/** The contents of a job: its image, its inputs and their roots. */
export type Manifest = Shaped<typeof manifest>;
/** Values of the encoding: a map of five fields, two of them lists. */
const mostValues = (units: number) => 2 * Math.min(units, MOST_UNITS) + 11;

/** No manifest of a job with so many units has more bytes: a unit has two hashes of 66 characters, each with two bytes before it. */
export function mostManifestBytes(units: number): number {
  return 1024 + 136 * Math.min(units, MOST_UNITS);
}

/** Bytes of a manifest, to be published. Their content id is the job's `salt`. */
export function encodeManifest(parts: Omit<Manifest, "kind">): Uint8Array {
  return encode({ kind: "SONM manifest 1", ...parts });
}

/**
 * Reads a manifest and checks that it belongs to the job. The caller must check that the input roots are those of the inputs.
 * @throws Failure if the bytes are no manifest, or one of another job
 */
export function decodeManifest(bytes: Uint8Array, job: Pick<Job, "image" | "units" | "inputsRoot">): Manifest {
  const read = manifest(decode(bytes, mostValues(job.units)), "manifest");
  const why =
    read.image.toLowerCase() !== job.image.toLowerCase()
      ? `it names the image ${read.image}, the job ${job.image}`
      : read.inputs.length !== job.units || read.inputRoots.length !== job.units
        ? `it has ${read.inputs.length} inputs and ${read.inputRoots.length} roots, the job ${job.units} units`
        : inputsRoot(read.inputRoots) !== job.inputsRoot.toLowerCase()
          ? "its input roots are not those under the job's root"
          : undefined;
  if (why) throw new Failure("The manifest does not fit the job", why, "ask the buyer for the right one");
  return read;
}
