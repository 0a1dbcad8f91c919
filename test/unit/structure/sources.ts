// The sources of the house, and what they import.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packages } from "./house.ts";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Paths from the root. */
export function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
    .map((name) => join(folder, name));
}

/** The source without comments that have lines of their own. */
export function codeOf(source: string): string {
  return source.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, "");
}

/** Every specifier of a static or dynamic import or re-export, of types too. */
export function specifiersOf(source: string): string[] {
  return [...codeOf(source).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)"([@.\w][@.\w/:-]*)"/g)].map(
    (match) => match[1] ?? "",
  );
}

/** Folder of our package that a file belongs to; undefined for the package `sonm`. */
export function packageOf(path: string): string | undefined {
  return Object.values(packages).find((folder) => path.startsWith(`${folder}/`));
}
