// G5: what a miner has computed stays as long as somebody can need it, and not longer.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { batchKey } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import { type ClaimStatus, claimId } from "@sonm/protocol/result/claim";
import type { Address, Hex } from "viem";
import { createActor } from "../../../../offchain/agents/miner/act.ts";
import { decide, type MinerAction } from "../../../../offchain/agents/miner/decide.ts";
import { openMinerJournal } from "../../../../offchain/agents/miner/journal.ts";
import { letGo, outputFile } from "../../../../offchain/agents/miner/kept.ts";
import { createPrepare } from "../../../../offchain/agents/miner/prepare.ts";
import { createWorks, viewOf } from "../../../../offchain/agents/miner/view.ts";
import { unitKey } from "../../../../offchain/host/role/units.ts";
import { fakeEngine } from "../fake-engine.ts";
import { BUYER, HUB, id, job, MINER, minerPolicy, NO_DISPUTES, sightOf, VERIFIER } from "../fixtures.ts";
import { noQueue, receive, stubTools } from "../stub-tools.ts";

const UNITS = [4, 5, 6, 7];
const HOUR = 3600;
const EXPIRY = 1_000_100;
const ENDED = 2_000_000;
const assignment = { wallet: job.hub, job: id, batch: 1, attempt: 0, miner: MINER, pay: 700n, expiry: BigInt(EXPIRY) };

/** A miner that has accepted the second batch of a job. */
function miner() {
  const { tools, done, store } = stubTools(openMinerJournal);
  const { journal, data } = tools;
  const policy = { ...minerPolicy, minPay: 1n, stake: 1n, pullFrom: 1n };
  const engine = fakeEngine();
  const act = createActor({
    ...tools,
    engine,
    referees: [],
    queue: noQueue,
    policy,
    lyingUnit: undefined,
    onAnnounced() {},
  });
  const accepts = (name: string, change: Partial<typeof assignment> = {}) => {
    const signature: Hex = "0x";
    journal.assignments.add(name, { id: name, job, assignment: { ...assignment, ...change }, signature, from: HUB });
    journal.answers.put(name, "accepted");
  };
  journal.marks.put("staked", true);
  accepts("w");
  const seen = { me: MINER, policy, freeStake: 5000n, hub: HUB, announced: true, pay: [], disputes: NO_DISPUTES };
  const decided = (sight: Sight) => decide(viewOf(sight, journal, { ...seen, strangeIn: () => undefined })).actions;
  const claim = () => ({ ...assignment, root: journal.roots.get("w") ?? assert.fail("there is no root") });
  const at = (now: number): Sight => ({ ...sightOf(), now });
  return {
    journal,
    data,
    done,
    store,
    accepts,
    at,
    async does(kind: MinerAction["kind"], sight: Sight) {
      await act(decided(sight).find((action) => action.kind === kind) ?? assert.fail(`it does not want to ${kind}`));
    },
    wants: (sight: Sight) => decided(sight).map(({ kind }) => kind),
    /** How the chain shows its claim at this time. */
    claimed: (status: ClaimStatus, now: number): Sight => ({
      ...sightOf({ claim: claim(), status, endedAt: status === "live" ? undefined : ENDED }),
      now,
    }),
    /** Its claim was paid and has left the sight. */
    left: (): Sight => ({
      ...at(ENDED),
      batches: new Map([[batchKey(id, 1), { job: id, batch: 1, status: "paid", attempt: 0, claim: claimId(claim()) }]]),
    }),
    look: (sight: Sight) => letGo(tools, sight, createWorks(tools.journal, () => undefined)(sight).over),
    asks: (by: Address) => receive(createPrepare(tools, job.hub), by, { kind: "ask-results", claim: claimId(claim()) }),
    /** Numbers of the units of which there is a file, and of those in the journal. */
    here: () => ({
      files: UNITS.filter((unit) => existsSync(outputFile(data, id, unit))),
      units: UNITS.filter((unit) => journal.units.get(unitKey(id, unit))),
    }),
  };
}
const ALL = { files: UNITS, units: UNITS };
const NONE = { files: [], units: [] };

test("G5: outputs stay while a reorganisation could bring the claim back; then they go, and can still be delivered", async () => {
  const { does, look, claimed, here, at, asks, done } = miner();
  await does("compute", at(EXPIRY));
  for (const kind of ["publish", "deliver"] as const) await does(kind, claimed("live", EXPIRY));
  await look(claimed("live", ENDED));
  assert.deepEqual(here(), ALL, "it can still be challenged");
  await look(claimed("settled", ENDED + HOUR));
  assert.deepEqual(here(), ALL, "a reorganisation could make it live again");
  await look(claimed("live", ENDED + HOUR));
  assert.deepEqual(here(), ALL, "it has");
  await look(claimed("settled", ENDED + HOUR + 1));
  assert.deepEqual(here(), NONE);
  const before = done.letters.length;
  await asks(BUYER);
  await does("deliver", at(ENDED + 2 * HOUR));
  assert.deepEqual(done.letters.slice(before), [done.letters[before - 1]]);
});

test("G5: what is owed to a buyer stays after the claim has left the sight, until the buyer has been told", async () => {
  const { does, look, here, at, asks, wants, done, store, journal, left } = miner();
  await does("compute", at(EXPIRY));
  // The store was down all the time.
  await look(left());
  assert.deepEqual([here(), journal.assignments.all()], [ALL, []]);
  await asks(VERIFIER);
  await does("publish", at(ENDED));
  await does("deliver", at(ENDED));
  assert.deepEqual(here(), ALL, "a verifier is not the buyer");
  await asks(BUYER);
  await does("deliver", at(ENDED));
  assert.deepEqual([here(), store.size, done.letters.at(-1)?.to], [NONE, UNITS.length + 1, BUYER]);
  assert.deepEqual(wants(at(ENDED)), []);
});

test("G5: what is owed is known from the batch, or not known once the job has left the sight; what nobody has paid is not owed", async () => {
  const isKept = async (sight: (made: ReturnType<typeof miner>) => Sight) => {
    const made = miner();
    await made.does("compute", made.at(EXPIRY));
    await made.look(sight(made));
    return made.here().files.length > 0;
  };
  assert.equal(await isKept(({ left }) => left()), true);
  assert.equal(await isKept(({ left }) => ({ ...left(), batches: new Map() })), false, "it was never claimed");
  assert.equal(await isKept(({ left }) => ({ ...left(), jobs: new Map() })), true, "nobody knows");
});

test("G5: of a claim that has lost nothing is kept, and requests for what was never published are not", async () => {
  const { does, look, claimed, here, at, asks, wants, journal } = miner();
  await does("compute", at(EXPIRY));
  await asks(VERIFIER);
  assert.equal(journal.asked.count(), 1);
  await look(claimed("convicted", ENDED + HOUR));
  assert.deepEqual(here(), ALL);
  await look(claimed("convicted", ENDED + HOUR + 1));
  assert.deepEqual([here(), journal.asked.count()], [NONE, 0]);
  await asks(VERIFIER);
  assert.deepEqual([journal.asked.count(), wants(at(ENDED + 2 * HOUR))], [0, []]);
});

test("G5: a batch that was given back leaves nothing, not even a draft; one that was never begun costs nothing", async () => {
  const { does, look, here, at, journal, data } = miner();
  await does("compute", at(EXPIRY));
  mkdirSync(join(data, "outputs"), { recursive: true });
  writeFileSync(`${outputFile(data, id, 7)}.part`, "half");
  journal.answers.put("w", "declined");
  await look(at(EXPIRY));
  assert.deepEqual([here(), readdirSync(join(data, "outputs"))], [NONE, []]);
});

test("G5: what another assignment of the batch still needs stays, and what went is computed again", async () => {
  const { does, look, here, at, accepts, journal } = miner();
  accepts("again", { expiry: BigInt(ENDED) });
  await does("compute", at(EXPIRY));
  journal.answers.put("w", "declined");
  await look(at(EXPIRY));
  assert.deepEqual([here(), journal.assignments.all().map((one) => one.id)], [ALL, ["again"]]);
  journal.answers.put("again", "declined");
  await look(at(EXPIRY));
  assert.deepEqual(here(), NONE);
  accepts("third", { attempt: 0, pay: 701n });
  await does("compute", at(EXPIRY));
  assert.deepEqual(here(), ALL);
});

test("G5: outputs that cannot be removed hold up nothing", async () => {
  const { does, look, at, journal, data, done } = miner();
  await does("compute", at(EXPIRY));
  journal.answers.put("w", "declined");
  mkdirSync(join(`${outputFile(data, id, 4)}.part`, "folder"), { recursive: true });
  await look(at(EXPIRY));
  assert.deepEqual(journal.assignments.all(), []);
  assert.deepEqual(done.happenings.at(-1)?.kind, "put-aside");
});
