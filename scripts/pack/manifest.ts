// The package.json that is published, made from the one that is developed with.

/** What whoever installs a package has a use for. Scripts are not among it: nothing runs at install. */
const PUBLISHED = [
  "name",
  "version",
  "description",
  "license",
  "type",
  "sideEffects",
  "engines",
  "bin",
  "imports",
  "exports",
  "dependencies",
  "optionalDependencies",
] as const;

export type Manifest = { readonly name: string; readonly version: string } & Readonly<Record<string, unknown>>;
type Targets = Readonly<Record<string, string>>;

/** Sources are named where their compiled JavaScript stands. */
function compiled(targets: Targets): Targets {
  return Object.fromEntries(Object.entries(targets).map(([name, target]) => [name, target.replace(/\.ts$/, ".js")]));
}

/** @param changes what is otherwise in the published package */
export function publishedManifest(manifest: Manifest, changes: Readonly<Record<string, unknown>> = {}): Manifest {
  const kept = PUBLISHED.filter((key) => key in manifest).map((key) => {
    const value = manifest[key];
    return [key, key === "imports" || key === "exports" ? compiled(value as Targets) : value];
  });
  return { ...Object.fromEntries(kept), ...changes };
}
