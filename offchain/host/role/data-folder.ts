// Where data is kept by default: below the XDG data folder, in a folder for each network, role and key.
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Reader } from "@sonm/chain/clients";
import type { Deployment } from "@sonm/chain/deployment";
import type { Address } from "@sonm/protocol/values/ids";
import type { RoleName } from "./happenings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** `$XDG_DATA_HOME/sonm`, or `~/.local/share/sonm`. A relative path in XDG_DATA_HOME is ignored, as the XDG specification asks. */
export function dataHome(env: Environment = process.env): string {
  const given = env.XDG_DATA_HOME;
  return join(given !== undefined && isAbsolute(given) ? given : join(homedir(), ".local", "share"), "sonm");
}

/**
 * The folder of one role with one key in one network. The hash of the chain's first block is part of it: a development chain that was
 * started again has the same contracts at the same addresses, but nothing that an old journal says is true on it.
 */
export async function dataFolderOf(
  { client }: Reader,
  { chainId, addresses }: Deployment,
  role: RoleName,
  me: Address,
): Promise<string> {
  const { hash } = await client.getBlock({ blockNumber: 0n });
  const network = `${chainId}-${hash.slice(2, 10)}-${addresses.jobBoard.toLowerCase()}`;
  return join(dataHome(), network, role, me.toLowerCase());
}
