// A whole network for a measurement: each role a process of its own.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { inGuardedFolder } from "../../offchain/devnet/guard.ts";
import { type Network, startNetwork } from "../../offchain/devnet/network.ts";
import { sonmCommand } from "../../test/unit/cli/sonm.ts";

/**
 * Runs a network while `measure` works, which has a folder for its own files. Nothing is left of both.
 * @param command how a role is run
 */
export function inNetwork<T>(
  measure: (network: Network, folder: string) => Promise<T>,
  command: readonly [string, ...string[]] = sonmCommand,
): Promise<T> {
  return inGuardedFolder("sonm-bench-", async (place) => {
    const folder = join(place, "work");
    await mkdir(folder);
    const network = await startNetwork(join(place, "network"), command, () => {});
    try {
      return await measure(network, folder);
    } finally {
      await network.stop();
    }
  });
}
