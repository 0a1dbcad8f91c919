// A role at work: it reads mail and chain, decides and acts, until it is stopped.
import { latest } from "@sonm/chain/clients";
import type { Sight } from "@sonm/chain/market/observer";
import type { Engine } from "../engines/engine.ts";
import { type Prepare, readMail } from "../net/inbox.ts";
import type { InHand } from "./in-hand.ts";
import type { RoleJournal } from "./journal.ts";
import { type Role, startLoop } from "./loop.ts";
import type { OpenRole } from "./open.ts";

/** What distinguishes one role from another. */
export type Behaviour<View, Action> = Pick<Role<View, Action>, "decide" | "act" | "keyOf"> & {
  readonly prepare: Prepare;
  /** Makes the role's view: what the chain shows, and what only this role knows. */
  observe(sight: Sight): Promise<View>;
  /** What it has begun and not finished. Pure. */
  inHand(view: View): readonly InHand[];
  /** stops with the role; work that it has not finished begins again at the next start */
  readonly engine: Pick<Engine, "stop">;
};

/** Starts to work. `stop` lets running actions finish and closes what was opened. */
export function serve<View, Action>(
  tools: OpenRole<RoleJournal>,
  behaviour: Behaviour<View, Action>,
  pollMs: number,
): { stop(): Promise<void> } {
  const { access, peer, journal, emit, setNow } = tools;
  const { signer, observer } = access;
  const { prepare, observe, inHand, engine, ...rest } = behaviour;
  const loop = startLoop<View, Action>(
    {
      ...rest,
      async glance() {
        const mail = await readMail(peer, journal.bookmark, prepare);
        const { block, now } = await latest(signer);
        setNow(now);
        return { block, now, mail };
      },
      async observe() {
        const view = await observe(await observer.look());
        tools.holds(inHand(view));
        return view;
      },
    },
    { emit, pollMs },
  );
  emit({ kind: "ready", address: signer.address });
  return {
    async stop() {
      await engine.stop();
      await loop.stop();
      tools.end();
    },
  };
}
