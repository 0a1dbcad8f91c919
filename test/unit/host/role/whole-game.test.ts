// A whole game, played by the actors of a miner and a verifier: which contents each of them fetches for it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import type { Side } from "@sonm/protocol/dispute/clock";
import { distanceAt } from "@sonm/protocol/dispute/game";
import { type GameView, type Phase, turnOf } from "@sonm/protocol/dispute/view";
import { jobId } from "@sonm/protocol/job/job";
import { openTrace } from "@sonm/protocol/machine/trace";
import { type Claim, claimId } from "@sonm/protocol/result/claim";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import type { Hex } from "@sonm/protocol/values/ids";
import { bytesToHex } from "viem";
import { makeOrder } from "../../../../offchain/agents/buyer/order.ts";
import { createActor as createMiner } from "../../../../offchain/agents/miner/act.ts";
import type { Work } from "../../../../offchain/agents/miner/decide.ts";
import { openMinerJournal } from "../../../../offchain/agents/miner/journal.ts";
import { parseLie } from "../../../../offchain/host/engines/machine/lie.ts";
import { createMachineEngine } from "../../../../offchain/host/engines/machine/machine-engine.ts";
import { readProgram } from "../../../../offchain/host/image/program.ts";
import type { Peer } from "../../../../offchain/host/net/peer.ts";
import { dueInGames } from "../../../../offchain/host/referees/bisection/decide.ts";
import { refereesOfMiner, refereesOfVerifier } from "../../../../offchain/host/referees/referees.ts";
import { createActor as createVerifier } from "../../../../verifier/act.ts";
import { openVerifierJournal } from "../../../../verifier/journal.ts";
import { gameOf, minerPolicy, newWork, job as template } from "../../agents/fixtures.ts";
import { accounts, noQueue, type SentCall, stubTools } from "../../agents/stub-tools.ts";

/** How each player fetches content. Each has an engine of its own, which keeps the player's runs. */
const fetchOf: Partial<Record<Side, Peer["fetch"]>> = {};
const engineOf = (side: Side, lie?: string) =>
  createMachineEngine({
    machine: template.machine,
    fetch: (id) => fetchOf[side]?.(id) ?? assert.fail("nothing is there yet"),
    lie: lie === undefined ? undefined : parseLie(lie),
  });
const engines = { miner: engineOf("miner", "step:1000"), challenger: engineOf("challenger") };
after(() => Promise.all([engines.miner.stop(), engines.challenger.stop()]));

const me = accounts.me.address;
const image = new Uint8Array(readFileSync(new URL("../../../../guest/bin/wordcount", import.meta.url)));
const inputs = ["one", "two two"].map((text) => new TextEncoder().encode(text));
const order = await makeOrder(image, inputs, { ...template, batchSize: 2, exponent: 6 }, engines.challenger);
const { job } = order;
const posted = { id: jobId(job), job, postedAt: 1, block: 1 };
const program = await readProgram(image);
const lying = 1;

/** Tools over a store that holds the job. */
function toolsOf<Journal>(side: Side, openJournal: (path: string) => Journal) {
  const stub = stubTools(openJournal);
  for (const content of [image, order.manifest, ...inputs]) stub.store.set(contentIdOf(content), content);
  fetchOf[side] = stub.tools.peer.fetch;
  return { ...stub, tools: { ...stub.tools, engine: engines[side] } };
}

/** A miner that has computed the batch and lied about one unit, and its claim. */
async function createLiar() {
  const stub = toolsOf("miner", openMinerJournal);
  const { journal } = stub.tools;
  const assignment = {
    wallet: job.hub,
    job: jobId(job),
    batch: 0,
    attempt: 0,
    miner: me,
    pay: 1n,
    expiry: 2_000_000n,
  };
  const assigned = { id: "w", job, assignment, signature: "0x", from: me } as const;
  journal.assignments.put("w", assigned);
  const policy = { ...minerPolicy, withhold: true };
  const referees = refereesOfMiner(stub.tools);
  stub.set.sight = { ...stub.set.sight, jobs: new Map([[assignment.job, posted]]) };
  const act = createMiner({ ...stub.tools, referees, queue: noQueue, policy, lyingUnit: lying, onAnnounced() {} });
  const work: Work = {
    ...assigned,
    ...newWork,
    answer: "accepted",
  };
  await act({ kind: "compute", work });
  const { wallet: _, expiry: __, ...about } = assignment;
  const claim: Claim = { ...about, root: journal.roots.get("w") ?? assert.fail("the batch was not computed") };
  return { ...stub, act, claim };
}

/** A verifier that has found the claim to be false. */
async function createAccuser(claim: Claim) {
  const stub = toolsOf("challenger", openVerifierJournal);
  const id = claimId(claim);
  const seen = {
    id,
    claim,
    status: "live",
    games: 1,
    claimedAt: 1,
    endedAt: undefined,
    winner: undefined,
    block: 1,
  } as const;
  stub.set.sight = {
    ...stub.set.sight,
    jobs: new Map([[claim.job, posted]]),
    claims: new Map([[id, seen]]),
  };
  const referees = refereesOfVerifier({ ...stub.tools, patienceSeconds: 600, commitStake: 1n });
  const act = createVerifier({ ...stub.tools, referees, queue: noQueue, lies: false });
  const accusation = referees[0]?.accusation(stub.set.sight, seen, job) ?? assert.fail("there is a referee");
  await act({ kind: "check", of: { ...seen, job, chosen: true, check: undefined, accusation } });
  assert.equal(stub.tools.journal.checks.get(id), "false");
  return { ...stub, act };
}

/** The phase of the game after a call, according to the contract. */
function phaseAfter(phase: Phase, { functionName, args }: SentCall): Phase {
  if (functionName === "reveal" && phase.kind === "reveal") {
    return { ...phase, kind: "pick", children: args[1] as Hex[] };
  }
  if (functionName === "pickLeaf" && phase.kind === "pick") {
    const unit = args[3] as number;
    const input = inputs[unit] ?? assert.fail("no such unit");
    const start = bytesToHex(openTrace({ program, input, exponent: job.exponent }).stateAt(0));
    return { kind: "split", depth: 1, unit, first: 0, start, states: args[5] as Hex[] };
  }
  if (functionName === "split" && phase.kind === "split") {
    const [, stored, segment, states] = args as [unknown, Hex[], number, Hex[]];
    const first = phase.first + (segment - 1) * distanceAt(job.exponent, phase.depth);
    return { ...phase, depth: phase.depth + 1, first, start: stored[segment - 1] as Hex, states };
  }
  if (functionName === "prove" && phase.kind === "split") return { kind: "over", outcome: "proved" };
  return assert.fail(`${functionName} in phase ${phase.kind}`);
}

test("G5: a game fetches no input that is here from computing, however many moves it has", async () => {
  const miner = await createLiar();
  const verifier = await createAccuser(miner.claim);
  const players = { miner, challenger: verifier };
  for (const { done } of [miner, verifier]) done.fetched.length = 0;

  const { game, ...opened } = gameOf("miner", miner.set.now + 1);
  const about = { ...game.about, claim: claimId(miner.claim), job: miner.claim.job, miner: me };
  let view: GameView = {
    ...opened,
    game: { ...game, about, count: inputs.length, exponent: job.exponent },
    phase: { kind: "reveal", level: 1, index: 0 },
  };
  const moves: string[] = [];
  for (let turn = turnOf(view.phase); turn; turn = turnOf(view.phase)) {
    const { act, done, tools, set } = players[turn];
    const { bisection } = tools.access.deployment.addresses;
    const { actions } = dueInGames(bisection, turn, [{ game: view, moves: 0, winner: undefined }], set.now);
    await act({ kind: "dispute", deed: actions[0] ?? assert.fail("nothing is due") });
    const call = done.calls.at(-1) ?? assert.fail("no move was made");
    moves.push(`${turn} ${call.functionName}`);
    view = { ...view, phase: phaseAfter(view.phase, call) };
  }
  assert.deepEqual(moves, [
    "miner reveal",
    "challenger pickLeaf",
    "miner split",
    "challenger split",
    "miner split",
    "challenger split",
    "miner split",
    "challenger prove",
  ]);
  // Everything is here since the units were computed.
  assert.deepEqual(miner.done.fetched, []);
  assert.deepEqual(verifier.done.fetched, []);
  assert.deepEqual(verifier.done.happenings.at(-1)?.kind, "proved");
});
