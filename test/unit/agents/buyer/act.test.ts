// Which results a buyer accepts, and when it takes its money back.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hubStatuses } from "@sonm/chain/enums/hub-status";
import { batchKey } from "@sonm/chain/market/events";
import type { BatchStatus } from "@sonm/protocol/job/job";
import { createMachine } from "@sonm/protocol/machine/machine";
import { store64, writeBytes } from "@sonm/protocol/machine/memory";
import { proveOutput } from "@sonm/protocol/machine/output";
import { claimId } from "@sonm/protocol/result/claim";
import { contentIdOf, type Delivery, encodeDelivery } from "@sonm/protocol/result/delivery";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import type { ClaimId, ContentId } from "@sonm/protocol/values/ids";
import { bytesToHex } from "viem";
import { createActor, outputName } from "../../../../offchain/agents/buyer/act.ts";
import { type BuyerAction, decide } from "../../../../offchain/agents/buyer/decide.ts";
import { openBuyerJournal } from "../../../../offchain/agents/buyer/journal.ts";
import { createObserve } from "../../../../offchain/agents/buyer/observe.ts";
import { createPrepare } from "../../../../offchain/agents/buyer/prepare.ts";
import { NetUnreachable } from "../../../../offchain/host/net/errors.ts";
import { folderForTest } from "../../cli/sonm.ts";
import { SUM } from "../../protocol/machine/programs.ts";
import { HUB, hashOf, id, job, kinds, MINER, OTHER, sightOf, claim as template } from "../fixtures.ts";
import { idleEngine, receive, stubTools } from "../stub-tools.ts";

const OUTPUT = 0xc000_0000;
const SUSPICION_SECONDS = 3600;
const down = new Error("the store is down");

/** A unit that ended with this output, and the proof of it. */
function unitWith(output: Uint8Array) {
  const machine = createMachine(SUM, new Uint8Array());
  store64(machine.memory, OUTPUT, BigInt(output.length));
  writeBytes(machine.memory, OUTPUT + 8, output);
  return { output, resultHash: bytesToHex(machine.stateHash()), proof: proveOutput(machine) };
}
const units = [0, 1, 2, 3].map((unit) => unitWith(Uint8Array.of(10 + unit, 20, 30)));
const { root } = resultTreeOf(
  job,
  template,
  units.map(({ resultHash }) => resultHash),
);
const claim = { ...template, root };
const claimed = claimId(claim);

/** A buyer whose job is posted. */
async function buyer() {
  const { tools, set, done, store } = stubTools(openBuyerJournal);
  const { journal } = tools;
  const out = join(folderForTest(), "out");
  journal.orders.put(id, { id, job, manifest: new Uint8Array() });
  journal.published.put(id, true);
  const status = (name: (typeof hubStatuses)[number]) => BigInt(hubStatuses.indexOf(name));
  const hub = { status: status("registered"), suspectedAt: 0n };
  set.reads = {
    status: () => Number(hub.status),
    suspectedAt: () => hub.suspectedAt,
    owner: () => HUB,
    free: () => 0n,
    get: () => BigInt(SUSPICION_SECONDS),
    allowance: () => 0n,
  };
  set.sight = sightOf();
  const act = createActor({ ...tools, engine: idleEngine, referees: [], files: { image: "", inputs: [] }, out });
  const observe = await createObserve({ ...tools, referees: [] }, { askAgainSeconds: 60 }, job.hub);
  const prepare = createPrepare(tools, job.hub);
  const next = async () => decide(await observe(set.sight));
  return {
    journal,
    set,
    done,
    out,
    store,
    receives: (from: typeof HUB, message: Parameters<typeof receive>[2]) => receive(prepare, from, message),
    next: async () => kinds(await next()),
    wakeAt: async () => (await next()).wakeAt,
    async does(kind: BuyerAction["kind"]) {
      const { actions } = await next();
      await act(actions.find((action) => action.kind === kind) ?? assert.fail(`it does not want to ${kind}`));
    },
    isNot(name: (typeof hubStatuses)[number], suspectedAt = 0n) {
      hub.status = status(name);
      hub.suspectedAt = suspectedAt;
    },
    /** Batch 0 is paid for; the other one has the given status. */
    settled(other: BatchStatus = "taken") {
      const batches = [
        { job: id, batch: 0, status: "paid", attempt: 0, claim: claimed },
        { job: id, batch: 1, status: other, attempt: 0, claim: undefined },
      ] as const;
      set.sight = {
        ...sightOf({ claim, status: "settled" }),
        batches: new Map(batches.map((batch) => [batchKey(id, batch.batch), batch])),
      };
    },
    /** The miner delivers these units. */
    async delivers(shown: readonly { output: Uint8Array; resultHash: `0x${string}`; proof: Uint8Array }[]) {
      const listed: Delivery["units"] = shown.map(({ output, ...unit }) => ({ ...unit, output: contentIdOf(output) }));
      const bytes = encodeDelivery(listed);
      for (const content of [bytes, ...shown.map(({ output }) => output)]) store.set(contentIdOf(content), content);
      await receive(prepare, MINER, { kind: "results", claim: claimed, content: contentIdOf(bytes) });
    },
  };
}

test("outputs that the settled results prove are written to their files", async () => {
  const { settled, delivers, does, next, done, out, journal } = await buyer();
  settled();
  assert.deepEqual(await next(), ["askResults"]);
  await delivers(units);
  assert.deepEqual(await next(), ["collect"]);
  await does("collect");
  for (const [unit, { output }] of units.entries()) {
    assert.deepEqual(new Uint8Array(readFileSync(join(out, outputName(unit)))), output);
  }
  assert.deepEqual(readdirSync(out).length, units.length);
  assert.deepEqual(journal.collected.get(batchKey(id, 0)), { claim: claimed, miner: MINER });
  assert.deepEqual(done.happenings, [
    { kind: "collected", job: id, batch: 0, units: units.length, claim: claimed, miner: MINER },
  ]);
  assert.deepEqual(await next(), []);
});

const [truth, ...others] = units as [ReturnType<typeof unitWith>, ...ReturnType<typeof unitWith>[]];
const cut = truth.output.subarray(0, -1);
// A proof ends with the rest of the output's last leaf (32 bytes, minus 8 of the length, minus the output) and with a path of zero subtrees
// (a mask of 4 bytes). If the byte that was cut off is put before that rest, the leaf is the old one.
const restAt = truth.proof.length - (32 - 8 - truth.output.length + 4);
const proofOfCut = Uint8Array.of(
  ...truth.proof.subarray(0, restAt),
  ...truth.output.subarray(-1),
  ...truth.proof.subarray(restAt),
);
const shorter = unitWith(cut);
const forgeries = {
  "another output": { ...truth, output: Uint8Array.of(1, 2, 3) },
  "a truncated output with the proof of the whole": { ...truth, output: cut },
  "a truncated output with a proof whose last leaf is whole": { ...truth, output: cut, proof: proofOfCut },
  "a truncated output with a proof of its shorter length": { ...truth, output: cut, proof: shorter.proof },
  "an output of another unit": { ...truth, output: others[0]?.output ?? cut, proof: others[0]?.proof ?? cut },
  "results that are not the claim's": shorter,
};
for (const [name, forged] of Object.entries(forgeries)) {
  test(`a buyer refuses ${name}, and asks again later`, async () => {
    const { settled, delivers, does, next, wakeAt, done, out, journal, set } = await buyer();
    settled();
    await delivers([forged, ...others]);
    await does("collect");
    assert.equal(existsSync(join(out, outputName(0))), false);
    assert.equal(journal.collected.get(batchKey(id, 0)), undefined);
    assert.deepEqual(
      done.happenings.map(({ kind }) => kind),
      ["rejected"],
    );
    assert.deepEqual([await next(), await wakeAt()], [[], 1_000_060]);
    set.sight = { ...set.sight, now: 1_000_060 };
    assert.deepEqual(await next(), ["askResults"]);
    await delivers(units);
    await does("collect");
    assert.equal(done.happenings.at(-1)?.kind, "collected");
  });
}

test("S2: a buyer that gets the same forgery again and again fetches it twice", async () => {
  const { settled, delivers, does, done } = await buyer();
  settled();
  const forged = [forgeries["another output"], ...others];
  for (let letter = 0; letter < 4; letter++) {
    await delivers(forged);
    await does("collect");
  }
  const outputs = done.fetched.filter((one) => one === contentIdOf(forged[0]?.output ?? cut));
  assert.equal(outputs.length, 2);
  const quarantined = done.happenings.filter(({ kind }) => kind === "quarantined");
  assert.match(JSON.stringify(quarantined), /^\[\{"kind":"quarantined","what":"output of unit 0 in delivery 0x/);
  await delivers(units);
  await does("collect");
  assert.equal(done.happenings.at(-1)?.kind, "collected");
});

test("outputs that are not to be had yet are no forgery", async () => {
  const { settled, delivers, does, next, set, done, store } = await buyer();
  settled();
  await delivers(units);
  set.broken = new NetUnreachable("http://store", "it is down");
  await assert.rejects(does("collect"), NetUnreachable);
  set.broken = undefined;
  store.delete(contentIdOf(truth.output));
  await assert.rejects(does("collect"), /nobody has published it/);
  assert.deepEqual([await next(), done.happenings], [["collect"], []]);
});

test("a disk that is full is no forgery", async () => {
  const { settled, delivers, does, next, done, out } = await buyer();
  settled();
  await delivers(units);
  // A folder in the place of the file that it would write.
  mkdirSync(join(out, `${outputName(0)}.part`), { recursive: true });
  await assert.rejects(does("collect"), /EISDIR/);
  assert.deepEqual([await next(), done.happenings], [["collect"], []]);
});

test("S8: outputs of another claim than the one that is paid are fetched anew", async () => {
  const { settled, delivers, does, next, journal } = await buyer();
  settled();
  journal.collected.put(batchKey(id, 0), { claim: hashOf(1) as ClaimId, miner: OTHER });
  assert.deepEqual(await next(), ["askResults"]);
  await delivers(units);
  await does("collect");
  assert.deepEqual(journal.collected.get(batchKey(id, 0)), { claim: claimed, miner: MINER });
  assert.deepEqual(await next(), []);
});

test("G5: a draft that an ended process has left is written over, and gets its name once it is checked", async () => {
  const { settled, delivers, does, out, done } = await buyer();
  settled();
  await delivers(units);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${outputName(0)}.part`), "longer than the output");
  await does("collect");
  assert.equal(done.happenings.at(-1)?.kind, "collected");
  assert.deepEqual(new Uint8Array(readFileSync(join(out, outputName(0)))), truth.output);
  assert.equal(readdirSync(out).length, units.length);
});

test("G5: what is refused leaves no draft", async () => {
  const { settled, delivers, does, out } = await buyer();
  settled();
  await delivers([forgeries["another output"], ...others]);
  await does("collect");
  assert.deepEqual(readdirSync(out), []);
});

test("a stranger's delivery is not collected", async () => {
  const { settled, next, receives } = await buyer();
  settled();
  await receives(OTHER, { kind: "results", claim: claimed, content: hashOf(1) as ContentId });
  assert.deepEqual(await next(), ["askResults"]);
});

test("a question that could not be sent counts as not asked", async () => {
  const { settled, does, next, wakeAt, set, done } = await buyer();
  set.sight = { ...set.sight, jobs: new Map() };
  for (const kind of ["ask", "askResults"] as const) {
    if (kind === "askResults") settled();
    set.broken = down;
    await assert.rejects(does(kind), down);
    assert.deepEqual(await next(), [kind]);
    set.broken = undefined;
    await does(kind);
    assert.deepEqual([await next(), await wakeAt()], [[], 1_000_060]);
  }
  assert.deepEqual(done.letters, [
    { to: HUB, message: { kind: "ask-quote", job } },
    { to: MINER, message: { kind: "ask-results", claim: claimed } },
  ]);
});

test("a stranger's quote posts nothing, and its refusal ends nothing; the hub's do", async () => {
  const quote = { kind: "quote", job: id, expiry: 1_000_100n, signature: "0x12" } as const;
  const refusal = { kind: "refuse-quote", job: id, reason: "no" } as const;
  for (const [from, answer, wants] of [
    [OTHER, quote, ["ask"]],
    [OTHER, refusal, ["ask"]],
    [MINER, quote, ["ask"]],
    [HUB, quote, ["post"]],
    [HUB, refusal, ["report"]],
  ] as const) {
    const { set, receives, next } = await buyer();
    set.sight = { ...set.sight, jobs: new Map() };
    await receives(from, answer);
    assert.deepEqual(await next(), wants);
  }
});

test("a job is posted with the hub's quote, and its escrow approved first", async () => {
  const { set, receives, does, done } = await buyer();
  set.sight = { ...set.sight, jobs: new Map() };
  await receives(HUB, { kind: "quote", job: id, expiry: 1_000_100n, signature: "0x12" });
  await does("post");
  assert.deepEqual(
    done.calls.map(({ functionName, args }) => [functionName, args.at(-1)]),
    [
      ["approve", job.price * BigInt(job.units)],
      ["post", "0x12"],
    ],
  );
  const escrow = String(job.price * BigInt(job.units));
  assert.deepEqual(done.happenings.at(-1), { kind: "posted", job: id, units: 8, batches: 2, escrow });
});

test("an escrow that is approved already is not approved again", async () => {
  const { set, receives, does, done } = await buyer();
  set.sight = { ...set.sight, jobs: new Map() };
  set.reads.allowance = () => job.price * BigInt(job.units);
  await receives(HUB, { kind: "quote", job: id, expiry: 1_000_100n, signature: "0x12" });
  await does("post");
  assert.deepEqual(
    done.calls.map(({ functionName }) => functionName),
    ["post"],
  );
});

test("a buyer takes its money back from a hub that is punished at once, from a suspected one after a while", async () => {
  const { isNot, next, wakeAt, does, done, set } = await buyer();
  assert.deepEqual([await next(), await wakeAt()], [[], Number(job.deadline)]);
  isNot("suspected", 1_000_000n);
  assert.deepEqual([await next(), await wakeAt()], [[], 1_000_000 + SUSPICION_SECONDS]);
  set.sight = { ...set.sight, now: 1_000_000 + SUSPICION_SECONDS };
  assert.deepEqual(await next(), ["refund"]);
  set.sight = { ...set.sight, now: 1_000_000 };
  isNot("punished");
  assert.deepEqual(await next(), ["refund"]);
  await does("refund");
  assert.deepEqual(
    done.calls.map(({ functionName, args }) => [functionName, args.at(-1)]),
    [["refund", [0, 1]]],
  );
  const amount = String(job.price * BigInt(job.batchSize));
  assert.deepEqual(
    done.happenings,
    [0, 1].map((batch) => ({ kind: "refunded", job: id, batch, amount })),
  );
});
