// The life of a role: open, serve, end in order. The command line, the local network and the tests launch roles this way.
import type { RoleConfig } from "./config.ts";
import type { RoleDefinition } from "./definition.ts";
import type { RoleEvent } from "./happenings.ts";
import type { RoleJournal } from "./journal.ts";
import { openRole, type Transport } from "./open.ts";
import { serve } from "./serve.ts";
import type { Running } from "./signal.ts";

/**
 * Launches a role. Its `stop` lets running actions finish and closes journal and status.
 * @param hear gets every event
 * @throws Failure if the key, the chain or the journal cannot be opened
 */
export async function launchRole<Options extends object, Journal extends RoleJournal, View, Action>(
  definition: RoleDefinition<Options, Journal, View, Action>,
  config: RoleConfig<Options>,
  transport: Transport,
  hear: (event: RoleEvent) => void,
): Promise<Running> {
  const { pollMs, idleMs } = config;
  const tools = await openRole(definition, config, transport, hear);
  try {
    return serve(tools, await definition.start(config, tools), { pollMs, idleMs });
  } catch (error) {
    tools.end();
    throw error;
  }
}
