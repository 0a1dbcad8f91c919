// What a role is to the launcher, the command line and the local network. Importing one starts nothing.
import type { RoleConfig } from "./config.ts";
import type { RoleJournal } from "./journal.ts";
import type { Opening, RoleTools } from "./open.ts";
import type { OptionTable } from "./options.ts";
import type { Behaviour } from "./serve.ts";

export type RoleDefinition<Options extends object, Journal extends RoleJournal, View, Action> = Opening<
  Options,
  Journal
> & {
  /** one line for a list of verbs */
  readonly summary: string;
  /** a paragraph for the head of its help */
  readonly description: string;
  readonly options: OptionTable<Options>;
  /** Makes the role's behaviour. The role works only once `serve` runs it. */
  start(config: RoleConfig<Options>, tools: RoleTools<Journal>): Promise<Behaviour<View, Action>>;
};
