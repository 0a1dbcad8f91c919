// INV-28: random histories of a coalition that has all votes, rates, and does everything that the DAO can, on the contracts and the model
// together.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { parameterNames } from "@sonm/chain/enums/parameter";
import fc from "fast-check";
import { fuzz } from "../support/fuzz.ts";
import { leadOn } from "../support/government/commands.ts";
import { SNM } from "../support/government/fixture.ts";
import { type Plan, planOf } from "../support/government/plan.ts";
import { type GovernmentStage, openStage } from "./government-stage.ts";
import { edgesOf, PLUNDER, type PlunderCommand } from "./plunder-commands.ts";
import { FROZEN, MOVES } from "./plunder-frozen.ts";
import { earnedOf, wealthOf } from "./plunder-wealth.ts";
import { type Governed, govern, termsInForce } from "./voters-calls.ts";

type Immediate = Exclude<PlunderCommand, { kind: "edge" | "advance" | "jump" }>;

describe("a coalition that holds every vote", () => {
  let stage: GovernmentStage;
  /** How often each command or refusal has occurred: SONM_VERBOSE=1 prints it. */
  const seen = new Map<string, number>();

  before(async () => {
    stage = await openStage();
  });
  after(() => {
    if (process.env.SONM_VERBOSE) console.table([...seen].sort());
  });

  function plan(model: Governed, command: Immediate): Plan {
    const { world, hands } = stage;
    if (command.kind !== "set" && command.kind !== "trust") return planOf(hands, model, command);
    const as = hands.as(command.by);
    return {
      inModel: () => govern(model, command, command.by),
      onChain: () =>
        command.kind === "set"
          ? world.parameters.write.set([parameterNames.indexOf(command.parameter), command.value], as)
          : world.whitelist.write.setTrusted([hands.addressOf(command.wallet), command.trusted], as),
    };
  }

  /** A running history. `unmoved`: what the coalition would have if it had done nothing, with taxes and gifts, wei. */
  type Course = { model: Governed; unmoved: bigint; reached: Set<string> };
  /** What the coalition has gained beyond what it may gain, wei. */
  const gainOf = ({ model, unmoved }: Course) => wealthOf(model) - earnedOf(model) - unmoved;

  async function step(course: Course, command: PlunderCommand): Promise<void> {
    const { model } = course;
    if (command.kind === "advance") {
      for (const next of leadOn(model, command.wallet, command.towards)) await step(course, next);
      return;
    }
    if (command.kind === "jump") model.now += command.seconds;
    else if (command.kind === "edge") {
      const edges = edgesOf(model);
      const edge = edges[command.index % edges.length];
      // The edge is in the future, by a second at least, so `plus` cannot make time go back.
      if (edge !== undefined) model.now = edge + command.plus;
    } else {
      model.terms = termsInForce(model);
      const gained = gainOf(course);
      const outcome = await stage.perform(model, plan(model, command));
      const { kind } = command;
      const key = outcome === "ok" ? kind : `${kind}: ${outcome}`;
      course.reached.add(key);
      seen.set(key, (seen.get(key) ?? 0) + 1);
      // An owner pays its tax, and may pay anybody, also the DAO. This is no gain by the coalition's deeds.
      if (kind === "payDay" || kind === "transfer") course.unmoved += gainOf(course) - gained;
    }
    assert.ok(gainOf(course) <= 0n, `INV-28: ${gainOf(course)} wei gained by ${command.kind}`);
  }

  async function begin(): Promise<Course> {
    const model = await stage.reset();
    const course = { model, unmoved: wealthOf(model), reached: new Set<string>() };
    for (const wallet of ["w0", "w1", "w2"]) {
      await step(course, { kind: "fund", wallet, amount: 100n * SNM });
      await step(course, { kind: "register", wallet, by: "owner" });
    }
    course.unmoved = wealthOf(model);
    for (const price of [20n, 10n * SNM, 5n * SNM]) await step(course, { kind: "order", wallet: "w0", price });
    await step(course, { kind: "rate", wallet: "w0", rater: "o1", inFavour: true, stake: 50n * SNM });
    return course;
  }

  for (const { title, commands, reached, gains } of FROZEN)
    it(`INV-28: ${title}`, async () => {
      const course = await begin();
      for (const command of commands) await step(course, command);
      for (const key of reached) assert.ok(course.reached.has(key), key);
      assert.equal(wealthOf(course.model) - course.unmoved, gains, "gains");
    });

  it("has every one of its moves allowed in some of these", () => {
    const allowed = new Set(FROZEN.flatMap(({ reached }) => reached));
    assert.deepEqual(
      MOVES.filter((move) => !allowed.has(move)),
      [],
    );
  });

  it("INV-28: has gained nothing from a ban before its freeze ends", async () => {
    await fc.assert(
      fc.asyncProperty(PLUNDER, async (commands) => {
        const course = await begin();
        for (const command of commands) await step(course, command);
      }),
      fuzz(12),
    );
  });
});
