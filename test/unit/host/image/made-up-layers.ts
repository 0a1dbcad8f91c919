// Made-up sequences of layers, and what a container would see of them: a model of its own, on paths instead of trees.
import { posix } from "node:path";
import fc from "fast-check";
import type { Item } from "./image-parts.ts";

/** Path → what a container sees there: a file's content, `-> TARGET`, `folder` or `other`. */
export type Listing = ReadonlyMap<string, string>;

type Thing = { kind: "file" | "link" | "folder" | "other" | "hidden"; value: string; opaque?: boolean };
type Layer = Map<string, Thing>;

const names = fc.constantFrom("a", "b", "c");
const path = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const folderPath = fc.array(names, { maxLength: 2 }).map((parts) => parts.join("/"));
const target = fc
  .tuple(fc.constantFrom("", "", "/", "../", "./", "a/../"), fc.oneof({ weight: 5, arbitrary: path }, fc.constant("")))
  .map(([start, rest]) => start + rest)
  .filter((text) => text !== "");

const item: fc.Arbitrary<Item> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ name: path, data: fc.integer({ min: 1000, max: 9999 }).map(String) }) },
  { weight: 6, arbitrary: path.map((name): Item => ({ name: `${name}/`, type: "directory" })) },
  { weight: 3, arbitrary: fc.record({ name: path, type: fc.constant("symlink" as const), to: target }) },
  { weight: 1, arbitrary: fc.record({ name: path, type: fc.constant("link" as const), to: path }) },
  { weight: 1, arbitrary: path.map((name): Item => ({ name, type: "fifo" })) },
  {
    weight: 2,
    arbitrary: path.map((name): Item => ({ name: posix.join(posix.dirname(name), `.wh.${posix.basename(name)}`) })),
  },
  { weight: 1, arbitrary: folderPath.map((name): Item => ({ name: posix.join(name, ".wh..wh..opq") })) },
);

export const madeUpLayers: fc.Arbitrary<readonly (readonly Item[])[]> = fc.array(
  fc.array(item, { minLength: 1, maxLength: 5 }),
  { minLength: 1, maxLength: 4 },
);

class Refused extends Error {}

/** Where a path leads in a layer, with all links in it followed. Nothing has to be there. */
function real(layer: Layer, given: string): string {
  let [done, rest, links] = ["/", given.split("/"), 0];
  while (rest.length > 0) {
    const [name = "", ...others] = rest;
    const kind = done === "/" ? "folder" : layer.get(done)?.kind;
    if (name !== "" && name !== "." && kind !== undefined && kind !== "folder" && kind !== "hidden")
      throw new Refused();
    if (name === ".." && kind === undefined) throw new Refused();
    const next = posix.join(done, name);
    const thing = layer.get(next);
    if (thing?.kind === "link" && name !== "..") {
      if (++links > 40) throw new Refused();
      if (thing.value.startsWith("/")) done = "/";
      rest = [...thing.value.split("/"), ...others];
    } else [done, rest] = [next, others];
  }
  return done;
}

function remove(layer: Layer, path: string): void {
  for (const one of [...layer.keys()]) if (one === path || one.startsWith(`${path}/`)) layer.delete(one);
}

function makeFolders(layer: Layer, path: string): void {
  if (path === "/") return;
  makeFolders(layer, posix.dirname(path));
  const there = layer.get(path);
  if (there?.kind === "folder") return;
  if (there && there.kind !== "hidden") throw new Refused();
  layer.set(path, { kind: "folder", value: "folder", opaque: there !== undefined });
}

/** One layer alone. */
function unpacked(items: readonly Item[]): Layer {
  const layer: Layer = new Map([["/", { kind: "folder", value: "folder" }]]);
  for (const { name, type = "file", to = "", data = "" } of items) {
    const clean = posix.resolve("/", name);
    const folder = real(layer, posix.dirname(clean));
    makeFolders(layer, folder);
    const base = posix.basename(clean);
    const at = posix.join(folder, base);
    const hidden = /^\.wh\.(.+)$/.exec(base)?.[1];
    if (hidden === ".wh..opq") {
      if (folder === "/") throw new Refused();
      layer.set(folder, { kind: "folder", value: "folder", opaque: true });
    } else if (hidden !== undefined) {
      const there = layer.get(posix.join(folder, hidden));
      if (!there) layer.set(posix.join(folder, hidden), { kind: "hidden", value: "" });
      else if (there.kind === "folder") throw new Refused();
    } else if (type === "directory") {
      if (layer.get(at)?.kind === "hidden") throw new Refused();
      if (layer.get(at)?.kind !== "folder") layer.set(at, { kind: "folder", value: "folder" });
    } else {
      remove(layer, at);
      const wanted = posix.resolve("/", to);
      const shared =
        type === "link" ? layer.get(posix.join(real(layer, posix.dirname(wanted)), posix.basename(wanted))) : undefined;
      if (type === "link" && (!shared || shared.kind === "folder" || shared.kind === "hidden")) throw new Refused();
      if (shared) layer.set(at, shared);
      else if (type === "symlink") layer.set(at, { kind: "link", value: to });
      else layer.set(at, type === "file" ? { kind: "file", value: `${data}` } : { kind: "other", value: "other" });
    }
  }
  return layer;
}

/** The layers that have part in a folder: from the highest down to the first that is no folder, or hides what is below. */
function stack(layers: readonly Layer[], path: string): readonly Layer[] {
  const above = path === "/" ? layers : stack(layers, posix.dirname(path));
  const chosen: Layer[] = [];
  for (const layer of above) {
    const thing = layer.get(path);
    if (!thing) continue;
    if (thing.kind !== "folder") return chosen.length > 0 ? chosen : [layer];
    chosen.push(layer);
    if (thing.opaque) return chosen;
  }
  return chosen;
}

/** What a container sees; undefined if engines would not unpack the layers, or would show different files. */
export function modelOf(sequence: readonly (readonly Item[])[]): Listing | undefined {
  let layers: Layer[];
  try {
    layers = sequence.map(unpacked).reverse();
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
  const seen = new Map<string, string>();
  for (const path of layers.flatMap((layer) => [...layer.keys()])) {
    if (path === "/") continue;
    const [top] = stack(layers, path);
    const thing = top?.get(path);
    if (!thing || thing.kind === "hidden") continue;
    seen.set(path, thing.kind === "link" ? `-> ${thing.value}` : thing.value);
  }
  return seen;
}
