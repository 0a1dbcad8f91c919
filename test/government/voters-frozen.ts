// Fixed histories, each with what must happen in it: outcomes as `command: outcome`, states as `lane State`, executed calls as `did call`.
// They show that the random histories can reach these cases.
import type { Amount } from "../support/government/commands.ts";
import { DAY, SNM } from "../support/government/fixture.ts";
import { TERMS } from "../support/government/model.ts";
import type { Call, Setting } from "./voters-calls.ts";
import type { Edge, VotersCommand, Which } from "./voters-commands.ts";
import { type Lane, SUPPLY } from "./voters-model.ts";

type Frozen = { title: string; commands: (VotersCommand | VotersCommand[])[]; reached: string[] };

const propose = (lane: Lane, by: string, calls: Call[], named?: string, text = "because"): VotersCommand => ({
  kind: "propose",
  lane,
  by,
  named,
  calls,
  text,
});
const accuse = (by: string, wallet = "w0") => propose("fast", by, [{ kind: "suspect", wallet }]);
const carry: VotersCommand = { kind: "carry", which: "last" };
const jump = (seconds: bigint): VotersCommand => ({ kind: "jump", seconds });
const edge = (name: Edge, plus = 0n): VotersCommand => ({ kind: "edge", which: "last", edge: name, plus });
const send = (from: string, to: string, amount: Amount): VotersCommand => ({ kind: "send", from, to, amount });
const half = { thousandths: 500, plus: 0 };
const vote = (by: string, support: number): VotersCommand => ({
  kind: "vote",
  which: "last",
  elsewhere: false,
  by,
  support,
});
const votes = (inFavour: string[], against: string[] = [], abstain: string[] = []): VotersCommand[] => [
  edge("snapshot", 1n),
  ...inFavour.map((name) => vote(name, 1)),
  ...against.map((name) => vote(name, 0)),
  ...abstain.map((name) => vote(name, 2)),
  edge("deadline", 1n),
];
const body = (kind: "cancel" | "queue" | "execute" | "carryOut", by = "stranger", which: Which = "last") =>
  ({ kind, by, which, elsewhere: false }) satisfies VotersCommand;
/** The steps after a vote, up to the execution. */
const done = [body("queue"), jump(2n * DAY), body("execute")];
const tune = (setting: Setting, value: bigint, lane: Lane = "slow"): Call => ({ kind: "tune", lane, setting, value });
const ballot = (voter: string, support = 1, ahead = 0n, forger?: string): VotersCommand => ({
  kind: "ballot",
  which: "last",
  elsewhere: false,
  voter,
  support,
  ahead,
  forger,
});
const spend = (amount: bigint): Call => ({ kind: "spend", to: "v3", amount });

export const FROZEN: Frozen[] = [
  {
    title:
      "a trusted hub is suspected by the fast lane, banned by the slow one, and what it had is spent after the freeze",
    commands: [
      propose("slow", "v0", [{ kind: "trust", wallet: "w0", trusted: true }]),
      [carry, carry, carry],
      accuse("v3"),
      [carry, carry, carry],
      [jump(85n * DAY), propose("slow", "v1", [{ kind: "ban", wallet: "w0" }])],
      [carry, carry, edge("eta"), body("execute"), edge("possible", -1n), body("execute"), carry],
      [jump(TERMS.freeze - 20n * DAY), propose("slow", "v0", [spend(SNM), spend(150n * SNM)])],
      [carry, carry, carry, { kind: "release", index: 0 }, jump(20n * DAY)],
      [{ kind: "release", index: 0 }, body("execute"), body("execute"), body("carryOut")],
    ],
    reached: [
      ...["did trust", "did suspect", "did ban", "did spend", "slow Executed", "fast Executed"],
      ...["execute: HubWalletTooEarly", "execute: TreasuryInsufficientFunds", "release: TreasuryTooEarly"],
      ...["release: ok", "execute: GovernorUnexpectedProposalState", "carryOut: AccessControlUnauthorizedAccount"],
    ],
  },
  {
    title: "a hub that was suspected in malice is rehabilitated and goes on; later anybody does it",
    commands: [
      accuse("v0", "w2"),
      [carry, carry, carry],
      propose("slow", "v0", [{ kind: "rehab", wallet: "w2" }]),
      [carry, carry, carry, carry, { kind: "business", wallet: "w2" }],
      [accuse("v0", "w2"), carry, carry, carry, { kind: "business", wallet: "w2" }],
      accuse("v1", "w2"),
    ],
    reached: ["did suspect", "did rehab", "register: ok", "rehab: ok", "propose: FastLaneHubNotRegistered"],
  },
  {
    title: "INV-29: votes acquired in the snapshot's second count, borrowed later they count nothing",
    commands: [
      accuse("v0"),
      [edge("snapshot"), vote("v0", 1), send("holder", "v4", { thousandths: 20, plus: 0 })],
      [edge("snapshot", 1n), send("holder", "v3", half), { kind: "delegate", from: "holder", to: "v2" }],
      [
        vote("v4", 1),
        vote("v3", 1),
        jump(1n),
        vote("v2", 0),
        vote("holder", 1),
        edge("deadline"),
        body("queue"),
        jump(1n),
      ],
      [body("queue"), body("execute")],
      // The same with votes that are delegated in time.
      propose("slow", "v3", [spend(1n)]),
      [...votes(["v3"]), vote("v0", 0), body("queue"), edge("eta"), body("execute")],
    ],
    reached: [
      ...["vote: GovernorUnexpectedProposalState", "borrowed votes", "fast Active", "fast Defeated", "slow Succeeded"],
      ...["queue: GovernorUnexpectedProposalState", "execute: GovernorUnexpectedProposalState", "did spend"],
    ],
  },
  {
    title: "a quorum is reached to the wei, with abstentions but without what is against; a tie is lost",
    commands: [
      [accuse("v0"), ...votes(["v0", "v2"]), ...done],
      [propose("slow", "v0", [spend(1n)]), ...votes(["v0"], [], ["v2"]), ...done],
      [propose("slow", "v0", [spend(2n)]), ...votes(["v0"], ["v1"], ["v2"]), ...done],
      [propose("slow", "v0", [spend(3n)]), ...votes(["v0"], ["v2"]), ...done],
      [send("v2", "v3", { wei: 1 }), propose("slow", "v0", [spend(4n)]), ...votes(["v0", "v2"]), ...done],
    ],
    reached: ["fast Executed", "slow Executed", "slow Defeated", "queue: GovernorUnexpectedProposalState"],
  },
  {
    title: "who proposes had the threshold a second before",
    commands: [
      [accuse("v4"), accuse("holder"), send("v3", "v4", { wei: 1 }), accuse("v4"), jump(1n), accuse("v4")],
      [accuse("v3", "w2"), { kind: "repeat", which: 0, by: "v4" }],
    ],
    reached: [
      ...["propose: GovernorInsufficientProposerVotes", "propose: ok", "fast Pending"],
      "repeat: GovernorUnexpectedProposalState",
    ],
  },
  {
    title: "a ballot counts once, in its lane, in its turn, by its voter",
    commands: [
      [accuse("v0"), ballot("v0"), edge("snapshot", 1n), ballot("v0", 1, 0n, "v1"), ballot("v1", 1, 1n)],
      [
        { kind: "replay", index: 0, elsewhere: true },
        { kind: "replay", index: 0, elsewhere: false },
      ],
      [{ kind: "replay", index: 0, elsewhere: false }, ballot("v0"), vote("v0", 0), vote("v1", 3)],
      [ballot("v1", 2), { kind: "replay", index: 2, elsewhere: false }],
      [
        { kind: "vote", which: 0, elsewhere: true, by: "v2", support: 1 },
        { kind: "vote", which: 1, elsewhere: false, by: "v2", support: 1 },
      ],
      // The same words have the same number in both lanes, but they are two proposals.
      [propose("slow", "v0", [{ kind: "suspect", wallet: "w0" }])],
      [{ kind: "vote", which: 0, elsewhere: true, by: "v2", support: 1 }],
    ],
    reached: [
      ...["ballot: GovernorUnexpectedProposalState", "ballot: GovernorInvalidSignature", "ballot: ok", "replay: ok"],
      ...["replay: GovernorInvalidSignature", "replay: GovernorAlreadyCastVote", "ballot: GovernorAlreadyCastVote"],
      ...["vote: GovernorAlreadyCastVote", "vote: GovernorInvalidVoteType", "vote: GovernorNonexistentProposal"],
      "vote: GovernorUnexpectedProposalState",
    ],
  },
  {
    title: "INV-31: only its proposer cancels, while nobody can have voted, and nobody proposes in another's name",
    commands: [
      [propose("slow", "v1", [spend(1n)], "v0"), propose("slow", "v0", [spend(1n)]), body("cancel", "v1")],
      [
        { kind: "repeat", which: "last", by: "v1" },
        { kind: "repeat", which: "last", by: "v0" },
      ],
      [edge("snapshot"), body("cancel", "v0"), body("cancel", "v0"), vote("v0", 1)],
      [{ kind: "repeat", which: "last", by: "v0" }, jump(20n * DAY), body("queue"), body("execute")],
      [accuse("v0"), edge("snapshot", 1n), body("cancel", "v0"), carry, body("cancel", "v0"), carry],
      [body("cancel", "v0"), body("cancel", "v0", 2)],
    ],
    reached: [
      ...[
        "propose: GovernorRestrictedProposer",
        "repeat: GovernorRestrictedProposer",
        "cancel: GovernorUnableToCancel",
      ],
      ...["repeat: GovernorUnexpectedProposalState", "cancel: ok", "slow Canceled", "fast Executed"],
      ...["queue: GovernorUnexpectedProposalState", "execute: GovernorUnexpectedProposalState"],
      "cancel: GovernorNonexistentProposal",
    ],
  },
  {
    title: "INV-30: what is decided waits to the second, wherever it is executed, and happens once",
    commands: [
      [accuse("v0"), carry, edge("deadline"), body("queue"), body("execute"), jump(1n), body("queue"), body("queue")],
      [edge("eta", -1n), body("execute"), body("carryOut"), edge("eta"), body("carryOut", "v4")],
      [body("execute", "v4"), body("execute"), body("carryOut"), body("queue"), body("cancel", "v0")],
    ],
    reached: [
      ...["queue: GovernorUnexpectedProposalState", "queue: ok", "execute: TimelockUnexpectedOperationState"],
      ...["carryOut: AccessControlUnauthorizedAccount", "execute: ok", "did suspect", "fast Queued"],
      "execute: GovernorUnexpectedProposalState",
    ],
  },
  {
    title:
      "the slow lane changes its own settings within bounds, through its governor alone, and never the fast lane's",
    commands: [
      [tune("quorumPercent", 0n), tune("quorumPercent", 5n), tune("timelockDelay", 0n)].flatMap(tried),
      [tune("quorumPercent", 1n, "fast"), tune("timelockDelay", 0n, "fast")].flatMap(tried),
      propose("slow", "v0", [
        tune("quorumPercent", 3n),
        tune("votingDelay", 3_600n),
        tune("proposalThreshold", SUPPLY / 100n),
      ]),
      [carry, carry, edge("eta"), body("carryOut"), body("execute")],
      // v0 alone has the quorum of 3 %, and v3 is below the threshold.
      [propose("slow", "v3", [spend(1n)]), propose("slow", "v2", [tune("timelockDelay", 5n * DAY)])],
      [...votes(["v0"]), body("queue"), carry],
      [
        propose("slow", "v2", [spend(1n)]),
        ...votes(["v0"]),
        body("queue"),
        jump(5n * DAY - 1n),
        body("execute"),
        carry,
      ],
    ],
    reached: [
      ...["execute: DaoOutOfBounds", "execute: TimelockDelayOutOfBounds", "execute: GovernorOnlyExecutor"],
      ...[
        "execute: TimelockUnauthorizedCaller",
        "carryOut: AccessControlUnauthorizedAccount",
        "propose: GovernorInsufficientProposerVotes",
      ],
      ...["did quorumPercent", "did votingDelay", "did proposalThreshold", "did timelockDelay", "did spend"],
      "execute: TimelockUnexpectedOperationState",
    ],
  },
  {
    title: "a parameter within bounds is in force after the change delay, for those who register then",
    commands: [
      tried({ kind: "set", parameter: "ReserveWei", value: 1_000n * SNM + 1n }),
      propose("slow", "v0", [
        { kind: "set", parameter: "ReserveWei", value: 150n * SNM },
        { kind: "set", parameter: "MaxGraceSeconds", value: 3_600n },
        { kind: "set", parameter: "SuspicionSeconds", value: 30n * DAY },
      ]),
      [carry, carry, carry, { kind: "business", wallet: "w0" }, { kind: "business", wallet: "w0" }],
      [jump(46n * DAY), { kind: "business", wallet: "w0" }, { kind: "fund", wallet: "w0", amount: 60n * SNM }],
      [{ kind: "business", wallet: "w0" }, accuse("v0"), carry, carry, carry],
      [propose("slow", "v0", [{ kind: "ban", wallet: "w0" }]), carry, carry, edge("possible", -1n)],
      [body("execute"), jump(1n), body("execute")],
    ],
    reached: [
      ...["execute: ParametersOutOfBounds", "did set", "payDay: ok", "register: HubWalletInsufficientFunds"],
      ...["register: ok", "execute: HubWalletTooEarly", "did ban"],
    ],
  },
  {
    title: "INV-32: the fast lane accuses hubs and does nothing else, and nobody does what is the DAO's",
    commands: [
      [accuse("v0", "stranger"), propose("fast", "v0", [{ kind: "ban", wallet: "w0" }])],
      [propose("fast", "v0", [tune("votingPeriod", 1n, "fast")]), propose("fast", "v0", [spend(1n)])],
      [
        propose("fast", "v1", [{ kind: "suspect", wallet: "w0" }], "v0"),
        tried({ kind: "suspect", wallet: "w0" }),
      ].flat(),
      [spend(1n), tune("quorumPercent", 1n), tune("timelockDelay", 0n), tune("votingDelay", 0n, "fast")].map(meddled),
      [meddled({ kind: "trust", wallet: "w0", trusted: true }), meddled({ kind: "suspect", wallet: "w0" })],
      meddled({ kind: "set", parameter: "ReserveWei", value: SNM }),
      [accuse("v0"), carry, carry, carry],
      [meddled({ kind: "ban", wallet: "w0" }), meddled({ kind: "rehab", wallet: "w0" })],
    ],
    reached: [
      ...["propose: FastLaneNotHub", "propose: FastLaneOnlyAccuses", "fast Executed", "meddle: TreasuryNotGovernment"],
      ...["meddle: GovernorOnlyExecutor", "meddle: TimelockUnauthorizedCaller", "meddle: WhitelistNotGovernment"],
      ...["meddle: HubWalletNotFastLane", "execute: HubWalletNotFastLane", "meddle: HubWalletNotGovernment"],
      ...["meddle: ParametersNotGovernment", "meddle: HubWalletTooEarly"],
    ],
  },
  {
    title: "INV-34: a decision is about one registration, and comes upon no later one",
    commands: [
      [accuse("v0"), carry, carry, accuse("v1"), carry, carry, edge("eta")],
      [body("execute", "stranger", 0), body("execute", "stranger", 1)],
      [propose("slow", "v0", [{ kind: "ban", wallet: "w0" }]), carry, carry],
      [
        propose("slow", "v1", [{ kind: "rehab", wallet: "w0" }]),
        carry,
        carry,
        carry,
        { kind: "business", wallet: "w0" },
      ],
      // About the first registration: an accusation that is not carried out yet, and a ban in the next suspicion.
      [body("execute", "stranger", 1), accuse("v2"), carry, carry, carry, body("execute", "stranger", 2)],
      propose("fast", "v0", [{ kind: "suspect", wallet: "w0", registration: 1 }]),
      tried({ kind: "rehab", wallet: "w0", registration: 1 }),
      tried({ kind: "ban", wallet: "w0", registration: 3 }),
      tried({ kind: "rehab", wallet: "w0", registration: 2 }),
    ],
    reached: [
      ...["did suspect", "did rehab", "execute: HubWalletWrongStatus", "register: ok", "fast Executed"],
      ...["suspect of another registration", "ban of another registration", "rehab of another registration"],
      "propose: FastLaneOnlyAccuses",
    ],
  },
  {
    title: "INV-34: a decision expires: to the second, and for ever",
    commands: [
      [accuse("v0"), ...votes(["v0", "v2"]), edge("expiry"), body("queue"), edge("expiry"), body("execute")],
      // A ban expires before it may be executed if it is decided too early.
      [propose("slow", "v0", [{ kind: "ban", wallet: "w0" }]), carry, carry, edge("eta"), body("execute"), carry],
      [propose("slow", "v0", [{ kind: "ban", wallet: "w0" }], undefined, "again"), carry, carry, carry],
      [propose("slow", "v0", [{ kind: "trust", wallet: "w0", trusted: true }]), carry, carry, carry],
      [propose("slow", "v0", [spend(1n)]), ...votes(["v0", "v2"]), edge("expiry", 1n)],
      [body("queue"), body("execute"), body("carryOut")],
      [propose("slow", "v0", [spend(2n)]), ...votes(["v0", "v2"]), body("queue"), edge("expiry", 1n)],
      [body("execute"), body("carryOut"), body("queue"), body("cancel", "v0"), jump(DAY), body("execute")],
      [accuse("v1", "w2"), ...votes(["v0", "v2"]), body("queue"), edge("expiry", 1n), body("execute")],
    ],
    reached: [
      ...["queue: ok", "execute: ok", "did suspect", "execute: HubWalletTooEarly", "did ban", "slow Expired"],
      ...["queue: GovernorUnexpectedProposalState", "execute: GovernorUnexpectedProposalState", "fast Expired"],
      ...["carryOut: AccessControlUnauthorizedAccount", "cancel: GovernorUnableToCancel"],
      "execute: WhitelistHubPunished",
    ],
  },
  {
    title: "INV-33: those against a banned hub win no more than was seized, whoever they are",
    commands: [
      [
        { kind: "rate", wallet: "w0", rater: "v0", inFavour: true, stake: 10_000n * SNM },
        { kind: "rate", wallet: "w0", rater: "v1", inFavour: false, stake: 10_000n * SNM },
        { kind: "transfer", wallet: "w0", payee: "v3", amount: { thousandths: 1_000, plus: 0 }, by: "owner" },
      ],
      [jump(4n * DAY), accuse("v2"), carry, carry, carry, jump(85n * DAY)],
      [propose("slow", "v2", [{ kind: "ban", wallet: "w0" }]), carry, carry, carry],
      [{ kind: "claim", index: 0 }, jump(TERMS.freeze), { kind: "claim", index: 1 }],
    ],
    reached: ["did ban", "claim: ok", "won as much as was seized"],
  },
  {
    title: "staked SNM does not vote",
    commands: [
      { kind: "rate", wallet: "w0", rater: "v0", inFavour: true, stake: 1_000_000n * SNM },
      [accuse("v0"), ...votes(["v0", "v2"]), body("queue"), { kind: "business", wallet: "w0" }],
      [
        { kind: "business", wallet: "w0" },
        { kind: "claim", index: 0 },
      ],
      [accuse("v0", "w2"), ...votes(["v0", "v2"]), body("queue")],
    ],
    reached: ["rate: ok", "fast Defeated", "claim: ok", "fast Queued"],
  },
];

/** The DAO decides a call and tries to execute it. */
function tried(call: Call): VotersCommand[] {
  return [propose("slow", "v0", [call]), carry, carry, carry];
}
function meddled(call: Call): VotersCommand {
  return { kind: "meddle", call, by: "v0" };
}
