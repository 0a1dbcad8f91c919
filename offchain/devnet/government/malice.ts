// A rival gets an honest hub suspected on forged evidence, while hardly anybody watches. The DAO takes the suspicion back.

import { withdrawFromHub } from "@sonm/chain/hub/wallet";
import { showSnm } from "@sonm/protocol/values/amounts";
import { parseEther } from "viem";
import { pay, pull } from "./crime.ts";
import { carryOut, decide, forged } from "./decisions.ts";
import { type Hubs, recordOf } from "./hubs.ts";
import { payRater, worthTo } from "./raters.ts";
import type { Stage } from "./stage.ts";

export async function malice(stage: Stage, { trattoria }: Hubs): Promise<void> {
  const { cast, seed, chapter, tell } = stage;
  const { alice, bob, carol, rival, cook } = cast;
  await stage.day(8.2);
  chapter("A rival has Trattoria suspected on forged evidence; the DAO rehabilitates it");
  const start = await recordOf(stage, trattoria);
  await pay(stage, trattoria, cook, parseEther("40"), "for cooking");
  const hub = trattoria.wallet;
  const accusation = { what: "suspect Trattoria", text: "Trattoria cheats, see the proof", evidence: forged(seed) };
  const accused = await decide(stage, rival, { kind: "suspect", hub, registration: start.registrations }, accusation, [
    [rival, "for", "trust me"],
    [carol, "against", "there is nothing at that place"],
  ]);
  await carryOut(stage, rival, accused);
  await tell("suspected", "Trattoria", "is suspected: its funds are blocked, though it has done nothing", {
    wallet: hub,
  });
  stage.equal("Trattoria is suspected", (await recordOf(stage, trattoria)).status, "suspected");
  const wage = await pull(stage, cook, trattoria);
  stage.equal("what was approved outlives a suspicion", wage, (parseEther("40") * 7n) / 10n);

  const defence = { what: "rehabilitate Trattoria", text: "The evidence is forged: nothing has that hash" };
  const rehabilitation = await decide(
    stage,
    alice,
    { kind: "rehab", hub, registration: start.registrations },
    defence,
    [
      [alice, "for", "I could not find the document"],
      [bob, "for", "neither could I"],
      [carol, "for", "as I said"],
      [rival, "against", "I insist"],
    ],
  );
  await carryOut(stage, alice, rehabilitation);
  const after = await recordOf(stage, trattoria);
  await tell("rehabilitated", "Trattoria", `is rehabilitated: ${showSnm(after.free)} are its own again`, {
    wallet: hub,
    free: after.free,
  });
  stage.equal("Trattoria is idle again", after.status, "idle");
  stage.equal("and has lost nothing but the wage", after.free, start.free - wage);

  for (const rater of [cast.optimist, cast.sceptic]) {
    const { staked } = await worthTo(stage, rater, trattoria);
    const paid = await payRater(stage, rater, trattoria, "the suspicion was taken back, so nobody has won");
    stage.equal(`${rater.name} gets the stake on Trattoria back`, paid, staked);
  }
  await withdrawFromHub(trattoria.owner.signer, hub, after.free);
  await tell("withdrew", trattoria.owner.name, `takes ${showSnm(after.free)} home`, { amount: after.free });
}
