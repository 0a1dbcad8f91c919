// The life of a role: open, serve, end in order on a signal. The command line, the local network and the tests launch roles this way.
import type { RoleConfig } from "./config.ts";
import type { RoleDefinition } from "./definition.ts";
import type { RoleEvent } from "./happenings.ts";
import type { RoleJournal } from "./journal.ts";
import { openRole, type Transport } from "./open.ts";
import { serve } from "./serve.ts";

/** Something that runs and can be stopped. */
export type Running = { stop(): Promise<void> };

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
  const tools = await openRole(definition, config, transport, hear);
  try {
    return serve(tools, await definition.start(config, tools), config.pollMs);
  } catch (error) {
    tools.end();
    throw error;
  }
}

/** Waits for SIGINT or SIGTERM, then ends `running` in order; a second signal ends the process at once. */
export async function untilSignal(running: Running): Promise<void> {
  const signals = ["SIGINT", "SIGTERM"] as const;
  await new Promise<void>((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve());
  });
  for (const signal of signals) process.on(signal, () => process.exit(1));
  await running.stop();
}
