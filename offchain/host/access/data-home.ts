// Where data is kept that nobody has given a place.
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Reader } from "@sonm/chain/clients";

type Environment = Readonly<Record<string, string | undefined>>;

/** `$XDG_DATA_HOME/sonm`, or `~/.local/share/sonm`. A relative path in XDG_DATA_HOME is ignored, as the XDG specification asks. */
export function dataHome(env: Environment = process.env): string {
  const given = env.XDG_DATA_HOME;
  return join(given !== undefined && isAbsolute(given) ? given : join(homedir(), ".local", "share"), "sonm");
}

/**
 * Names a chain among all chains. The hash of its first block is part of the name: a development chain that was started again has the same
 * number, but nothing that was written down about the old one is true on it.
 */
export async function nameOfChain({ client, chainId }: Reader): Promise<string> {
  const { hash } = await client.getBlock({ blockNumber: 0n });
  return `${chainId}-${hash.slice(2, 10)}`;
}
