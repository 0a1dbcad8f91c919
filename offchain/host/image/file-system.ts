// The files that a container would see. Each layer is unpacked into an empty folder, where links in the paths of its own entries are
// followed and never lead out of it. Then the layers are laid over each other, lower ones first: this is what Docker (overlay2) and
// containerd (overlayfs) do. What both refuse to unpack is refused here, and so is what shows other files in one engine than in another.
// (OCI image specification, 'Image Layer Filesystem Changeset'; Linux, 'Overlay Filesystem'.)
import { posix } from "node:path";
import { type Budget, MOST_PATH_BYTES, refuse } from "./limits.ts";
import type { Entry } from "./tar.ts";

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
const MOST_LINKS = 40; // as in Linux: a longer chain of links is taken for a loop
const MOST_NAME_BYTES = 255; // NAME_MAX of Linux
/** An overlay ignores it, or goes on showing the lower files; a copy of all files does not. */
const UNCLEAR = "engines do different things with it";
const MOST_DEPTH = MOST_PATH_BYTES / 2;

export type Folder = {
  readonly kind: "folder";
  readonly children: Map<string, Node>;
  /** hides all that lower layers have in it */
  opaque: boolean;
};

/** A file: `size` bytes from `at` on in a tar, which has a number. */
export type File = { readonly kind: "file"; readonly tar: number; readonly at: number; readonly size: number };

export type Node =
  | Folder
  | File
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "other" }
  /** a whiteout: lower layers have nothing under this name */
  | { readonly kind: "hidden" };

/** A name on the way, and what is there; undefined if nothing is. */
type Place = { readonly name: string; readonly node: Node | undefined };

export function emptyFolder(opaque = false): Folder {
  return { kind: "folder", children: new Map(), opaque };
}

/** Names of a path, where `..` never leads out of the root. */
function namesIn(path: string): string[] {
  return posix
    .normalize(`/${path}`)
    .split("/")
    .filter((name) => name !== "");
}

/**
 * Follows a path and all links in it. Nothing leads out of the root.
 * @returns the places from the root on, the last ones perhaps without anything there; or why it leads nowhere
 */
function walk(root: Folder, path: string): Place[] | string {
  const places: Place[] = [];
  const rest = path.split("/").reverse();
  for (let links = 0; ; ) {
    const name = rest.pop();
    if (name === undefined) return places;
    if (name === "" || name === ".") continue;
    const last = places.at(-1);
    const here = last ? last.node : root;
    if (here && here.kind !== "folder" && here.kind !== "hidden") return `${shown(last?.name ?? "")} is no folder`;
    if (name === "..") {
      if (!here) return `${shown(last?.name ?? "")} is not there`;
      places.pop();
      continue;
    }
    const node = here?.kind === "folder" ? here.children.get(name) : undefined;
    if (node?.kind !== "link") {
      places.push({ name, node });
      continue;
    }
    if (++links > MOST_LINKS) return "its links go in circles";
    if (node.target.startsWith("/")) places.length = 0;
    rest.push(...node.target.split("/").reverse());
  }
}

/** A name of one character a byte, as people read it, and not too much of it. */
export function shown(name: string): string {
  const text = Buffer.from(name, "latin1").toString();
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/**
 * Unpacks one layer into an empty folder.
 * @param tar the number under which its files are found again
 * @param name what it is called in an error
 * @throws Failure if Docker and containerd would not unpack it
 */
export function unpack(
  entries: Iterable<readonly [path: string, entry: Entry]>,
  tar: number,
  name: string,
  budget: Budget,
): Folder {
  const root = emptyFolder();
  const cannot = (path: string, why: string) => refuse(`${name} cannot be unpacked: at ${shown(path)}, ${why}`);

  /** The folder of an entry. Folders that have no entry of their own are made. */
  function folderOf(names: readonly string[], path: string): Folder {
    const places = walk(root, names.join("/"));
    if (typeof places === "string") throw cannot(path, places);
    if (places.length > MOST_DEPTH) throw cannot(path, `there are more than ${MOST_DEPTH} folders`);
    let folder = root;
    for (const { name: part, node } of places) {
      if (node?.kind === "folder") {
        folder = node;
        continue;
      }
      if (node && node.kind !== "hidden") throw cannot(path, `${shown(part)} is no folder`);
      budget.entries(1);
      // A whiteout hides all that lower layers have; a folder in its place must go on hiding it.
      const made = emptyFolder(node !== undefined);
      folder.children.set(part, made);
      folder = made;
    }
    return folder;
  }

  /** What a hard link shares. A link as the last name is not followed. */
  function shared(target: string, path: string): Node {
    const names = namesIn(target);
    const last = names.pop();
    const places = walk(root, names.join("/"));
    if (typeof places === "string") throw cannot(path, places);
    const folder = places.length > 0 ? places.at(-1)?.node : root;
    const node = last !== undefined && folder?.kind === "folder" ? folder.children.get(last) : undefined;
    if (!node || node.kind === "hidden" || node.kind === "folder")
      throw cannot(path, `the target ${shown(target)} of a hard link is no file of this layer`);
    return node;
  }

  for (const [path, entry] of entries) {
    budget.entries(1);
    const names = namesIn(path);
    const long = names.find((one) => one.length > MOST_NAME_BYTES);
    if (long !== undefined) throw cannot(path, `a name has more than ${MOST_NAME_BYTES} bytes`);
    const last = names.pop();
    if (last === undefined) continue;
    const folder = folderOf(names, path);
    const before = folder.children.get(last);
    if (last === OPAQUE) {
      if (folder === root) throw cannot(path, `it hides the whole root: ${UNCLEAR}`);
      folder.opaque = true;
    } else if (last.startsWith(WHITEOUT)) hide(folder, last.slice(WHITEOUT.length));
    else if (entry.kind === "folder") {
      if (before?.kind === "hidden") throw cannot(path, `a folder is hidden and made again: ${UNCLEAR}`);
      if (before?.kind !== "folder") folder.children.set(last, emptyFolder());
    } else {
      // Removed first: a hard link to itself has no target.
      folder.children.delete(last);
      if (entry.kind === "link" && entry.target === "") throw cannot(path, "a link has no target");
      folder.children.set(
        last,
        entry.kind === "hardlink" ? shared(entry.target, path) : entry.kind === "file" ? { ...entry, tar } : entry,
      );
    }
  }
  return root;

  /** Whiteouts hide what lower layers have, whatever their place in the archive. What the layer has itself stays. */
  function hide(folder: Folder, hidden: string): void {
    if (["", ".", ".."].includes(hidden)) throw cannot(`${WHITEOUT}${hidden}`, "a whiteout hides no name");
    const before = folder.children.get(hidden);
    if (!before) folder.children.set(hidden, { kind: "hidden" });
    else if (before.kind === "folder") throw cannot(hidden, `a folder is made and hidden: ${UNCLEAR}`);
  }
}

/** Lays a layer over what is there. The layer stays as it is. */
export function layOver(lower: Folder, upper: Folder): void {
  if (upper.opaque) lower.children.clear();
  for (const [name, node] of upper.children) {
    const below = lower.children.get(name);
    if (node.kind === "hidden") lower.children.delete(name);
    else if (node.kind !== "folder") lower.children.set(name, node);
    else {
      const folder = below?.kind === "folder" ? below : emptyFolder();
      lower.children.set(name, folder);
      layOver(folder, node);
    }
  }
}

/** The file at a path, following links in any part of it; undefined where there is none. */
export function fileAt(root: Folder, path: string): File | undefined {
  const places = walk(root, path);
  if (typeof places === "string") return undefined;
  const node = places.at(-1)?.node;
  return node?.kind === "file" ? node : undefined;
}
