// The files that a container would see: layers laid over each other, lower ones first.
// (OCI image specification, 'Image Layer Filesystem Changeset'.)
import { posix } from "node:path";
import type { Entry } from "./archive.ts";

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
const MOST_LINKS = 40; // as in Linux: a longer chain of links is taken for a loop

/** Absolute path → what is there. Folders without an entry of their own in the archive are not listed. */
export type FileSystem = ReadonlyMap<string, Entry>;

/** `..` never leads out of the root. */
function absolute(path: string): string {
  const clean = posix.normalize(`/${path}`);
  return clean.length > 1 && clean.endsWith("/") ? clean.slice(0, -1) : clean;
}

function removeBelow(files: Map<string, Entry>, folder: string): void {
  const prefix = folder === "/" ? "/" : `${folder}/`;
  for (const path of files.keys()) if (path.startsWith(prefix)) files.delete(path);
}

function remove(files: Map<string, Entry>, path: string): void {
  files.delete(path);
  removeBelow(files, path);
}

function whiteOut(files: Map<string, Entry>, path: string): void {
  const folder = posix.dirname(path);
  const name = posix.basename(path);
  if (name === OPAQUE) removeBelow(files, folder);
  else remove(files, posix.join(folder, name.slice(WHITEOUT.length)));
}

/** Lays one layer over what is there. */
function apply(files: Map<string, Entry>, layer: readonly (readonly [string, Entry])[]): void {
  const entries = layer.map(([path, entry]) => [absolute(path), entry] as const);
  const isWhiteout = (path: string) => posix.basename(path).startsWith(WHITEOUT);
  // Whiteouts hide files of lower layers, whatever their place in the archive.
  for (const [path] of entries) if (isWhiteout(path)) whiteOut(files, path);
  for (const [path, entry] of entries) {
    if (isWhiteout(path)) continue;
    if (entry.kind === "folder") {
      // A folder laid over a folder keeps the files of both; over anything else, it replaces it.
      if (files.get(path)?.kind !== "folder") files.set(path, entry);
    } else {
      remove(files, path);
      // A hard link names a file that is already there. Its content stays if that name is removed later.
      const linked = entry.kind === "hardlink" ? files.get(absolute(entry.target)) : entry;
      if (linked) files.set(path, linked);
    }
  }
}

export function layOver(layers: readonly (readonly (readonly [string, Entry])[])[]): FileSystem {
  const files = new Map<string, Entry>();
  for (const layer of layers) apply(files, layer);
  return files;
}

/** The content of the file at a path, following links in any part of it; undefined where there is none. */
export function fileAt(files: FileSystem, path: string): Uint8Array | undefined {
  let rest = absolute(path).split("/").slice(1);
  let at = "/";
  for (let links = 0; rest.length > 0; ) {
    const [first = "", ...others] = rest;
    const next = posix.join(at, first);
    const entry = files.get(next);
    if (entry?.kind === "link") {
      if (++links > MOST_LINKS) return undefined;
      const target = entry.target.startsWith("/") ? entry.target : posix.join(at, entry.target);
      rest = [...absolute(target).split("/").slice(1), ...others];
      at = "/";
    } else {
      at = next;
      rest = others;
    }
  }
  const found = files.get(at);
  return found?.kind === "file" ? found.data : undefined;
}
