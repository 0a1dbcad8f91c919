// Fixed histories of a coalition of all voters, each with what must happen in it (`command`, or `command: refusal`) and what the coalition
// has gained at its end. They show that the random histories can reach these cases.
// Before each history three hubs hold 100 SNM and are registered, `w0` has orders of 20 wei, 10 SNM and 5 SNM, and `o1` has staked 50 SNM
// for it.
import { DAY, SNM } from "../support/government/fixture.ts";
import type { PlunderCommand } from "./plunder-commands.ts";

/** What the coalition can do, as the DAO and from its own accounts. */
export const MOVES = [
  ...["suspect", "rehab", "ban", "sweep", "trust", "set", "spend"],
  ...["rate", "claim", "fund", "bringIn", "collect", "release"],
] as const;

type Frozen = { title: string; commands: PlunderCommand[]; reached: string[]; gains: bigint };

const all = { thousandths: 1_000, plus: 0 };
const jump = (seconds: bigint): PlunderCommand => ({ kind: "jump", seconds });
const rate = (wallet: string, rater: string, inFavour: boolean, sum: bigint): PlunderCommand => ({
  ...{ kind: "rate", wallet, rater, inFavour },
  stake: sum * SNM,
});
const suspect = (wallet: string): PlunderCommand => ({ kind: "suspect", wallet, by: "fastLane" });
const ban = (wallet: string): PlunderCommand => ({ kind: "ban", wallet, by: "government" });
const rehab = (wallet: string): PlunderCommand => ({ kind: "rehab", wallet, by: "government" });
const register = (wallet: string): PlunderCommand => ({ kind: "register", wallet, by: "owner" });
const sweep = (wallet: string): PlunderCommand => ({ kind: "sweep", wallet, by: "stranger" });
const claim = (index: number): PlunderCommand => ({ kind: "claim", index });
const release = (index: number): PlunderCommand => ({ kind: "release", index });
const spend = (to: string): PlunderCommand => ({ kind: "spend", amount: all, by: "government", to });
const give = (wallet: string, payee: string): PlunderCommand => ({
  ...{ kind: "transfer", wallet, payee, by: "owner" },
  amount: { thousandths: 100, plus: 0 },
});
/** The second order of `w0`, 10 SNM, of which 7 are the miner's. */
const settle: PlunderCommand = { kind: "settle", index: 1, payee: "m0", payBps: 7_000n };

export const FROZEN: Frozen[] = [
  {
    title:
      "nothing of what a ban seizes, of what is swept later and of what its raters win is theirs a second too early",
    commands: [
      ...[rate("w0", "r0", false, 20n), jump(4n * DAY), suspect("w0"), settle],
      ...[jump(120n * DAY), ban("w0"), claim(0), claim(1), jump(DAY)],
      ...([{ kind: "bringIn", wallet: "w0" }, sweep("w0"), spend("r0")] as const),
      ...[jump(119n * DAY - 1n), claim(1), release(0), spend("r0")],
    ],
    reached: ["rate", "ban", "claim", "bringIn", "sweep", "claim: RatingsTooEarly", "release: TreasuryTooEarly"],
    gains: 0n,
  },
  {
    title: "the freeze over, 100 SNM seized and 10 SNM won are theirs, 3 SNM swept a day later a day later",
    commands: [
      ...[rate("w0", "r0", false, 20n), jump(4n * DAY), suspect("w0"), settle],
      ...[jump(120n * DAY), ban("w0"), claim(0), jump(DAY)],
      ...([{ kind: "bringIn", wallet: "w0" }, sweep("w0")] as const),
      ...[jump(119n * DAY), claim(1), release(0), release(1), spend("r0")],
    ],
    reached: ["claim", "release", "release: TreasuryTooEarly", "spend"],
    gains: 110n * SNM,
  },
  {
    title: "shorter times are for those who register under them, and release nothing of another hub's",
    commands: [
      { kind: "set", by: "government", parameter: "SuspicionSeconds", value: 30n * DAY },
      { kind: "set", by: "government", parameter: "SeizureFreezeSeconds", value: 30n * DAY },
      { kind: "trust", by: "government", wallet: "w0", trusted: true },
      ...[suspect("w2"), suspect("w0"), jump(50n * DAY), ban("w2"), rehab("w0"), register("w0")],
      ...[suspect("w0"), jump(30n * DAY), ban("w0"), jump(40n * DAY), ban("w2")],
      ...[release(0), release(1), spend("holder")],
    ],
    reached: [
      "set",
      "trust",
      "rehab",
      "ban",
      "ban: HubWalletTooEarly",
      "release",
      "release: TreasuryTooEarly",
      "spend",
    ],
    gains: 100n * SNM,
  },
  {
    title: "what they send to a banned hub, or stake on both sides, comes back to them late or as it was",
    commands: [
      ...[rate("w0", "r0", false, 20n), rate("w0", "r1", true, 20n), jump(4n * DAY), rate("w0", "r2", false, 90n)],
      { kind: "fund", wallet: "treasury", amount: 5n * SNM },
      ...[suspect("w0"), jump(120n * DAY), ban("w0"), spend("w0"), sweep("w0"), spend("r0")],
      ...[claim(1), claim(2), claim(3)],
    ],
    reached: ["fund", "spend", "sweep", "claim"],
    // It has sent 5 SNM. For now it has also lost r1's share, 20 of 70, of the 10 SNM that change hands.
    gains: -5n * SNM - (10n * SNM * 20n + 69n) / 70n,
  },
  {
    title: "what an owner has approved for the Treasury or another hub before the suspicion is no proceeds of the ban",
    commands: [
      ...[give("w0", "treasury"), give("w0", "w1"), suspect("w0"), jump(120n * DAY), ban("w0")],
      { kind: "collect", wallet: "w0", payee: "treasury" },
      { kind: "collect", wallet: "w0", payee: "w1" },
      spend("holder"),
    ],
    reached: ["transfer", "collect", "spend"],
    gains: 0n,
  },
  {
    title:
      "those for a hub win at its pay-day, though it is suspected and banned later, and no more before the freeze ends",
    commands: [
      ...[rate("w1", "r1", true, 10n), rate("w1", "o1", false, 10n), jump(26n * DAY)],
      { kind: "closePeriod", wallet: "w1", by: "owner" },
      ...[jump(4n * DAY), suspect("w1"), claim(1), jump(120n * DAY), ban("w1"), claim(2), jump(120n * DAY - 1n)],
      ...[release(0), spend("holder")],
    ],
    reached: ["claim", "closePeriod", "ban", "release: TreasuryTooEarly"],
    gains: 5n * SNM,
  },
  {
    title:
      "a rehabilitation brings those against a hub their stake and no more, and an owner's tax is the DAO's at once",
    commands: [
      ...[rate("w0", "r0", false, 100n), jump(26n * DAY)],
      { kind: "closePeriod", wallet: "w1", by: "owner" },
      ...[jump(3n * DAY), suspect("w0"), rehab("w0"), claim(0), claim(1), jump(DAY)],
      { kind: "payDay", wallet: "w1", by: "owner" },
      spend("r0"),
    ],
    reached: ["suspect", "rehab", "claim", "payDay", "spend"],
    gains: 0n,
  },
];
