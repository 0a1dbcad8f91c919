// Turns commands that stand for several others into these, depending on the model's current state.
import { leadOn } from "../support/government/commands.ts";
import { TERMS, walletOf } from "../support/government/model.ts";
import type { Edge, VotersCommand, Which } from "./voters-commands.ts";
import { expiryOf, isCarried, type Proposal, stateOf, VOTERS, type VotersModel, votesOf } from "./voters-model.ts";

/** The first second at which a proposal's bans are possible, apart from the decision. */
function possibleFrom(model: VotersModel, { body, eta = 0n }: Proposal): bigint {
  return body.calls.reduce((time, call) => {
    if (call.kind !== "ban") return time;
    const { suspectedAt = 0n, terms = TERMS } = walletOf(model, call.wallet).registrations.at(-1) ?? {};
    return suspectedAt + terms.suspicion > time ? suspectedAt + terms.suspicion : time;
  }, eta);
}
function edgeOf(model: VotersModel, proposal: Proposal, edge: Edge): bigint {
  if (edge === "expiry") return expiryOf(proposal);
  return edge === "possible" ? possibleFrom(model, proposal) : (proposal[edge] ?? 0n);
}
const until = (model: VotersModel, time: bigint): VotersCommand => ({
  kind: "jump",
  seconds: time > model.now ? time - model.now : 0n,
});

/** The commands that `edge`, `carry` and `business` stand for in the model's current state. Any other command stays as it is. */
export function unfold(model: VotersModel, command: VotersCommand): VotersCommand[] {
  if (command.kind === "business") {
    const suspected = walletOf(model, command.wallet).status === "Suspected";
    // Without a decision of the DAO, a suspected hub waits for its rehabilitation.
    return leadOn(model, command.wallet, suspected ? "rehab" : "payDay") as VotersCommand[];
  }
  if (command.kind === "replay" && model.ballots.length === 0) return [];
  if (command.kind !== "edge" && command.kind !== "carry") return [command];
  const index = indexOf(model, command.which);
  const proposal = model.proposals[index];
  if (!proposal) return [];
  if (command.kind === "edge") return [until(model, edgeOf(model, proposal, command.edge) + command.plus)];
  const at = { which: index, elsewhere: false };
  switch (stateOf(model, proposal)) {
    case "Pending":
      return [until(model, proposal.snapshot + 1n), ...votesFor(model, proposal, index)];
    case "Active": {
      const votes = isCarried(model, proposal) ? [] : votesFor(model, proposal, index);
      return [...votes, until(model, proposal.deadline + 1n), { kind: "queue", by: "stranger", ...at }];
    }
    case "Succeeded":
      return [{ kind: "queue", by: "stranger", ...at }];
    case "Queued":
      return [until(model, possibleFrom(model, proposal)), { kind: "execute", by: "stranger", ...at }];
    default:
      return [];
  }
}
function votesFor(model: VotersModel, { snapshot, votes }: Proposal, which: number): VotersCommand[] {
  return VOTERS.filter((name) => votes.every(({ voter }) => voter !== name) && votesOf(model, name, snapshot) > 0n).map(
    (by) => ({ kind: "vote", which, elsewhere: false, by, support: 1 }),
  );
}
export function indexOf({ proposals }: VotersModel, which: Which): number {
  return which === "last" ? proposals.length - 1 : which % (proposals.length + 1);
}
