// The JSON documents of an image, as far as the machine needs them. Whoever made the image wrote them.
// (Docker image specification v1.2; OCI image specification v1.1: 'Image Index', 'Image Manifest', 'Image Configuration'.)
import { Failure } from "@sonm/protocol/values/failure";
import { list, object, optional, type Shape, type Shaped, text } from "@sonm/protocol/values/shape";
import { MOST_PATH_BYTES, refuse, SAVE } from "./limits.ts";

/** Larger ones are refused by engines, too. */
const MOST_BYTES = 4 * 2 ** 20;
const MOST_ENTRIES = 1000;

const path = text(MOST_PATH_BYTES);

/** `ALGORITHM:HEX`, with an algorithm that is safe. */
export const digest: Shape<string> = (value, place) => {
  const said = text(200)(value, place);
  if (/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(said)) return said;
  throw new Failure("The value is not valid", `${place} must be a digest, not ${said}`, "ask its author to correct it");
};

/** A list of words. As in Docker, text is one word. */
const words: Shape<readonly string[]> = (value, place) =>
  typeof value === "string" ? [path(value, place)] : list(path, MOST_ENTRIES)(value, place);

/** Go reads `entrypoint` for `Entrypoint`. An engine would do what the image says, and this reader would not see it. */
function exactly<T>(names: readonly string[], shape: Shape<T>): Shape<T> {
  const fold = (name: string) => name.toUpperCase().toLowerCase();
  const known = new Map(names.map((name) => [fold(name), name]));
  return (value, place) => {
    // Text has keys, too: one a character.
    for (const name of typeof value === "object" ? Object.keys(value ?? {}) : []) {
      const meant = known.get(fold(name));
      if (meant !== undefined && meant !== name)
        throw new Failure("The value is not valid", `${place} has '${name}' for '${meant}'`, `write '${meant}'`);
    }
    return shape(value, place);
  };
}

function fields<S extends Record<string, Shape<unknown>>>(shapes: S) {
  return exactly(Object.keys(shapes), object(shapes));
}

/** What a container would be made of. */
const config = fields({
  architecture: optional(text(64)),
  os: optional(text(64)),
  config: optional(fields({ Entrypoint: optional(words), Cmd: optional(words), WorkingDir: optional(path) })),
  rootfs: fields({ diff_ids: list(digest, MOST_ENTRIES) }),
});

/** One image of a docker-archive. */
const archived = fields({
  Config: path,
  RepoTags: optional(list(text(), MOST_ENTRIES)),
  Layers: list(path, MOST_ENTRIES),
});

const annotations = object({
  "vnd.docker.reference.type": optional(text()),
  "io.containerd.image.name": optional(text()),
  "org.opencontainers.image.ref.name": optional(text()),
});

const descriptor = fields({
  digest,
  mediaType: optional(text()),
  platform: optional(fields({ os: text(64), architecture: text(64) })),
  annotations: optional(annotations),
});

/** Both an index of images, and one image: which of them it is shows in its fields. */
const manifest = fields({
  manifests: optional(list(descriptor, MOST_ENTRIES)),
  config: optional(descriptor),
  layers: optional(list(descriptor, MOST_ENTRIES)),
});

export type Config = Shaped<typeof config>;
export type Descriptor = Shaped<typeof descriptor>;

/** Every document that is read. */
export const documents = { config, manifest, archive: list(archived, MOST_ENTRIES) };

/**
 * Reads a document.
 * @param name what it is called in an error
 * @throws Failure if it is not JSON, or has another shape
 */
export function readDocument<T>(bytes: Uint8Array, shape: Shape<T>, name: string): T {
  if (bytes.length > MOST_BYTES) throw refuse(`${name} in it has more than ${MOST_BYTES} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString());
  } catch (cause) {
    throw new Failure("This image cannot be read", `${name} in it is not JSON`, SAVE, { cause });
  }
  try {
    return shape(value, name);
  } catch (cause) {
    if (cause instanceof Failure) throw refuse(cause.why);
    throw cause;
  }
}
