// Which tests cover a source: those at its place below test/unit, and what the table adds.

/** Folder of sources → patterns of tests that cover it though they stand elsewhere. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  "offchain/agents/": ["agents/*"],
  "offchain/host/engines/": ["agents/engine", "host/engines/*/*"],
  "offchain/host/referees/": ["agents/referee"],
  "offchain/protocol/machine/": ["protocol/machine/*"],
  "offchain/protocol/wasm/": ["protocol/merkle/*", "protocol/machine/*"],
  "offchain/devnet/": ["devnet/*", "devnet/*/*"],
  "offchain/cli/image/": ["cli/machine"],
  "offchain/cli/rating/": ["cli/batch", "cli/reputation", "cli/dao"],
  "offchain/cli/treasury/": ["cli/batch", "cli/dao"],
  "verifier/": ["agents/in-hand", "agents/referee"],
};

/** They run a whole network or a chain, or need programs that are not everywhere: too slow to run for each fault. */
const slow = /\/(network|whole-game|launcher|refund|docker|qemu)\.test\.ts$/;

/** The tests among `all` that cover `file`, the nearest first. All names are relative to the root, with `/`. */
export function testsOf(file: string, all: readonly string[]): string[] {
  const place = file.replace(/^offchain\//, "").replace(/\.ts$/, "");
  const folder = place.slice(0, place.lastIndexOf("/"));
  const added = Object.entries(elsewhere).flatMap(([prefix, patterns]) => (file.startsWith(prefix) ? patterns : []));
  const patterns = [place, folder, `${folder}/*`, ...added].map(
    (pattern) => new RegExp(`^test/unit/${pattern.replaceAll("*", "[^/]+")}\\.test\\.ts$`),
  );
  const quick = all.filter((test) => !slow.test(test));
  return [...new Set(patterns.flatMap((pattern) => quick.filter((test) => pattern.test(test))))];
}
