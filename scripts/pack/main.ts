// `npm run pack [-- FOLDER]`: the tarballs of `sonm`, `@sonm/protocol` and `@sonm/chain`, as they are published. Compiled JavaScript
// with everything that the set-up of a clone makes, so that nothing is compiled where they are installed.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Manifest, publishedManifest } from "./manifest.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const out = resolve(process.argv[2] ?? join(root, "dist"));
/** One folder for each package, with what its tarball holds. */
const contents = join(out, "packages");
const sonm = join(contents, "sonm");

/** Files that a package has beside its compiled sources. */
function complete(folder: string, source: string, changes?: Readonly<Record<string, unknown>>): void {
  const manifest: Manifest = JSON.parse(readFileSync(join(root, source, "package.json"), "utf8"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(publishedManifest(manifest, changes), null, 2)}\n`);
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
}

/** ABI and bytecode of each contract. Interfaces and libraries come too; what only tests use does not. */
function copyArtifacts(): void {
  cpSync(join(root, "artifacts/contracts"), join(sonm, "artifacts/contracts"), {
    recursive: true,
    filter: (path) => !path.endsWith(".ts"),
  });
}

rmSync(contents, { recursive: true, force: true });
mkdirSync(contents, { recursive: true });
const tsc = join(root, "node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "-p", join(root, "scripts/pack"), "--outDir", sonm], { stdio: "inherit" });

// What is compiled together is published apart.
for (const name of ["protocol", "chain"]) {
  renameSync(join(sonm, "offchain", name), join(contents, name));
  complete(join(contents, name), join("offchain", name));
}
// `sonm` is a command and opens no module to others, so nobody has a use for its types.
cpSync(sonm, `${sonm}.js`, { recursive: true, filter: (path) => !path.endsWith(".d.ts") });
rmSync(sonm, { recursive: true });
renameSync(`${sonm}.js`, sonm);
complete(sonm, ".", { bin: { sonm: "./offchain/cli/sonm.js" } });
for (const file of ["README.md", "offchain/cli/sonm.js"]) copyFileSync(join(root, file), join(sonm, file));
cpSync(join(root, "guest/bin"), join(sonm, "guest/bin"), { recursive: true });
copyArtifacts();

const npm = process.env.npm_execpath;
const [command, ...before] = npm && existsSync(npm) ? [process.execPath, npm] : ["npm"];
const folders = ["protocol", "chain", "sonm"].map((name) => join(contents, name));
execFileSync(command, [...before, "pack", "--silent", "--pack-destination", out, ...folders], { stdio: "inherit" });
