// A role at work: it reads mail and chain, decides and acts, until it is stopped.
import { latest } from "@sonm/chain/clients";
import type { Sight } from "@sonm/chain/market/observer";
import type { Engine } from "../engines/engine.ts";
import { failed } from "./happenings.ts";
import type { InHand } from "./in-hand.ts";
import { createInbox, type Prepare } from "./inbox.ts";
import type { RoleJournal } from "./journal.ts";
import { type Role, startLoop } from "./loop.ts";
import type { OpenRole } from "./open.ts";
import { createPace, type Times } from "./pace.ts";
import { repeat } from "./repeat.ts";

/** What distinguishes one role from another. */
export type Behaviour<View, Action> = Pick<Role<View, Action>, "decide" | "act" | "keyOf"> & {
  readonly prepare: Prepare;
  /** Makes the role's view: what the chain shows, and what only this role knows. */
  observe(sight: Sight): Promise<View>;
  /** What it has begun and not finished. Pure. */
  inHand(view: View): readonly InHand[];
  /** What its operator wishes of it now, as a text: the role looks whenever it changes. */
  wishes?(): string;
  /** stops with the role; work that it has not finished begins again at the next start */
  readonly engine: Pick<Engine, "stop">;
};

/** Milliseconds in which the transactions of a role that stops can still get into a block. */
const LAST_BLOCKS_MS = 30_000;

/** Starts to work. `stop` lets running actions finish and closes what was opened. */
export function serve<View, Action>(
  tools: OpenRole<RoleJournal>,
  behaviour: Behaviour<View, Action>,
  times: Times,
): { stop(): Promise<void> } {
  const { access, peer, journal, quarantine, emit, setNow } = tools;
  const { signer, observer } = access;
  const { prepare, observe, inHand, engine, wishes = () => "", ...rest } = behaviour;
  /** as of the last glance */
  let nodeAnswers = false;
  const inbox = createInbox(peer, journal.mail, prepare, ({ id, from, message }, why) =>
    emit({ kind: "put-aside", what: `letter ${id} (${message.kind}) from ${from}`, why }),
  );
  const mailPace = createPace(times);
  // Games have deadlines, and anybody can write letters. So mail is read beside the loop, and only as much at a time as a page of each
  // lane holds.
  const mail = repeat(
    async () => {
      // While the node does not answer, no letter can be judged. The loop asks it at every glance.
      if (!nodeAnswers) return;
      const before = inbox.written();
      try {
        const letters = await inbox.look();
        mailPace.nothing();
        if (letters) {
          mailPace.something();
          mail.hurry();
        }
      } finally {
        // Also if the store has failed in the middle.
        if (inbox.written() !== before) loop.hurry();
      }
    },
    { pollMs: mailPace.pause, onFailure: (error, retryIn) => emit(failed("read mail", error, retryIn)) },
  );
  const loop = startLoop<View, Action>(
    {
      ...rest,
      async glance() {
        const { block, now, hash } = await latest(signer).catch((error: unknown) => {
          nodeAnswers = false;
          throw error;
        });
        nodeAnswers = true;
        setNow(now);
        return { block, now, hash, mail: inbox.readTo(), letters: inbox.written(), wishes: wishes() };
      },
      async observe() {
        const view = await observe(await observer.look());
        // What is shown to people must not keep a role from its work.
        const works = tools.guard("what is in hand", [view], () => inHand(view));
        if (works) tools.holds(works);
        return view;
      },
    },
    {
      emit,
      ...times,
      // An answer may come.
      onAction() {
        mailPace.something();
        mail.hurry();
      },
    },
  );
  // A node that tells of new blocks spares the role to look for them. Letters often follow.
  const hearNoMore = signer.nodes?.onBlock?.(() => {
    loop.hurry();
    mailPace.perhaps();
  });
  emit({ kind: "ready", address: signer.address });
  return {
    async stop() {
      hearNoMore?.();
      tools.hurry();
      // Before the engine: what it then leaves unread is no fault of its content.
      quarantine.close();
      await engine.stop();
      // A transaction may be stuck. It is written down, and the next start goes on with it.
      const grace = setTimeout(signer.leave, LAST_BLOCKS_MS);
      await Promise.all([mail.stop(), loop.stop()]);
      clearTimeout(grace);
      tools.end();
    },
  };
}
