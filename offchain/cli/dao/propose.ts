// `sonm dao propose …`: each verb first checks that its proposal could be carried out at all.

import { parameterNames } from "@sonm/chain/enums/parameter";
import type { DaoAction } from "@sonm/chain/government/actions";
import { laneFor, laneTimesOf, thresholdOf } from "@sonm/chain/government/lanes";
import { readParameter, readParameterName, showParameter } from "@sonm/chain/government/parameter-text";
import { changeDelayOf, parameterRecordOf } from "@sonm/chain/government/parameters";
import { shortId, showId } from "@sonm/chain/government/proposal-id";
import { proposalsOf, propose, standingOf } from "@sonm/chain/government/proposals";
import { treasuryRecordOf } from "@sonm/chain/government/treasury";
import { votesAt } from "@sonm/chain/government/votes";
import { type HubRecord, hubRecordOf } from "@sonm/chain/hub/wallet";
import { banRefusal, spendRefusal } from "@sonm/chain/rules/decision";
import { bannableFrom } from "@sonm/chain/rules/hub-times";
import {
  changeRefusal,
  judgementRefusal,
  proposerRefusal,
  spendingRefusal,
  trustRefusal,
} from "@sonm/chain/rules/propose";
import { readSnm } from "@sonm/protocol/values/amounts";
import { showDuration, showMoment } from "@sonm/protocol/values/dates";
import { Failure } from "@sonm/protocol/values/failure";
import { plain } from "@sonm/protocol/values/plain";
import { Command } from "commander";
import { fields } from "../../host/terminal/terminal.ts";
import { todoOf } from "../advice.ts";
import { type Account, type NetworkOptions, openAccount, orWhen, readAddress, takesAccount } from "../network.ts";
import { answering, examples, stopOn } from "../verb.ts";
import { readEvidence } from "./evidence.ts";
import { nextStep, showAction } from "./show.ts";

type Options = NetworkOptions & { readonly evidence?: string; readonly uri?: string; readonly text?: string };

type Plan = {
  readonly name: string;
  readonly args: readonly (readonly [name: string, about: string])[];
  readonly summary: string;
  readonly description: string;
  readonly example: readonly [string, string];
  /** Reads the arguments, and refuses a proposal that could not succeed. */
  readonly actionOf: (account: Account, args: readonly string[], options: Options) => Promise<DaoAction>;
  /** what else the voters should know */
  readonly note?: (account: Account, action: DaoAction) => Promise<string | undefined>;
};

const HUB = ["<hub>", "its wallet"] as const;

type Judgement = "suspect" | "rehab" | "ban";

/** The hub, if its status allows the decision. */
async function hubFor({ reader, deployment }: Account, kind: Judgement, text: string): Promise<HubRecord> {
  const hub = await hubRecordOf(reader, deployment, readAddress(text, "a hub"));
  stopOn(judgementRefusal(kind, hub));
  return hub;
}

/** A decision about a hub concerns its current registration. */
function about(kind: Judgement, { wallet, registrations }: HubRecord): DaoAction {
  return { kind, hub: wallet, registration: registrations };
}

const plans: readonly Plan[] = [
  {
    name: "suspect",
    args: [HUB],
    summary: "block a registered hub's funds, on the fast lane",
    description:
      "Proposes to suspect a hub: its free funds are blocked until the DAO bans or rehabilitates it. Takes about two and a half days. " +
      "Needs evidence: a document that every voter can have and check by its hash.",
    example: [
      "sonm dao propose suspect 0x5Fb… --evidence claim.json --uri https://example.org/claim.json",
      "on a convicted claim",
    ],
    actionOf: async (account, [text = ""]) => about("suspect", await hubFor(account, "suspect", text)),
  },
  {
    name: "rehab",
    args: [HUB],
    summary: "take a suspicion back",
    description:
      "Proposes to rehabilitate a suspected hub: its funds are free again, and all its raters get their stakes back.",
    example: ["sonm dao propose rehab 0x5Fb… --text 'the evidence is forged'", "a malicious suspicion"],
    actionOf: async (account, [text = ""]) => about("rehab", await hubFor(account, "rehab", text)),
  },
  {
    name: "ban",
    args: [HUB],
    summary: "ban a suspected hub for ever and seize its funds",
    description:
      "Proposes to ban a suspected hub. It can be carried out only some months after the suspicion. The vote may come before, but a " +
      "decision expires 30 d after it could first have been executed: a ban that would expire too early is not proposed.",
    example: ["sonm dao propose ban 0x5Fb… --evidence claim.json --uri https://example.org/claim.json", "for ever"],
    actionOf: async (account, [text = ""]) => {
      const hub = await hubFor(account, "ban", text);
      const times = await laneTimesOf(account.reader, account.deployment, "slow");
      stopOn(banRefusal("propose", hub, times, account.now));
      return about("ban", hub);
    },
    note: async ({ reader, deployment, now }, action) => {
      if (action.kind !== "ban") return undefined;
      const hub = await hubRecordOf(reader, deployment, action.hub);
      return `the ban can be carried out from ${showMoment(bannableFrom(hub), now)}`;
    },
  },
  {
    name: "trust",
    args: [HUB],
    summary: "mark a hub as trusted, or with --revoke no longer",
    description: "Proposes to mark a hub as trusted in the Whitelist, or to take the mark away.",
    example: ["sonm dao propose trust 0x5Fb…", "a hub of long standing"],
    actionOf: async ({ reader, deployment }, [text = ""], options) => {
      const hub = await hubRecordOf(reader, deployment, readAddress(text, "a hub"));
      const trusted = !(options as { revoke?: boolean }).revoke;
      stopOn(trustRefusal(hub, trusted));
      return { kind: "trust", hub: hub.wallet, trusted };
    },
  },
  {
    name: "param",
    args: [
      ["<name>", "such as LockShare"],
      ["<value>", 'with its unit: "2 SNM", "0.29 %", "30 d"'],
    ],
    summary: "change one of the DAO's numbers",
    description:
      `Proposes another value of a parameter. It takes effect some time after it is decided, so that no running job or game meets it, and ` +
      `for hubs at their next registration. Parameters: ${parameterNames.join(", ")}.`,
    example: ["sonm dao propose param TaxShare '0.4 %'", "lower taxes"],
    actionOf: async ({ reader, deployment }, [text = "", given = ""]) => {
      const name = readParameterName(text);
      const value = readParameter(name, given);
      stopOn(changeRefusal(await parameterRecordOf(reader, deployment, name), value));
      return { kind: "param", name, value };
    },
    note: async ({ reader, deployment }, action) => {
      if (action.kind !== "param") return undefined;
      const [delay, { next }] = await Promise.all([
        changeDelayOf(reader, deployment),
        parameterRecordOf(reader, deployment, action.name),
      ]);
      const waiting = next
        ? `; the change to ${showParameter(action.name, next.value)} that waits now is replaced, if it still waits`
        : "";
      return `it takes effect ${showDuration(delay)} after it is carried out${waiting}`;
    },
  },
  {
    name: "spend",
    args: [
      ["<to>", "address"],
      ["<amount>", "SNM"],
    ],
    summary: "pay from the Treasury",
    description: "Proposes to pay from what the Treasury has and what is not frozen by then.",
    example: ["sonm dao propose spend 0x90F… 100 --text 'an audit'", "for an audit"],
    actionOf: async (_, [payee = "", given = ""]) => {
      const action = { kind: "spend", to: readAddress(payee, "a payee"), amount: readSnm(given) } as const;
      stopOn(spendingRefusal(action));
      return action;
    },
    note: async ({ reader, deployment, now }, action) => {
      if (action.kind !== "spend") return undefined;
      const refusal = spendRefusal(await treasuryRecordOf(reader, deployment), action.amount, now);
      return refusal && `as things stand the Treasury cannot pay this: ${refusal.why}; ${todoOf(refusal)}`;
    },
  },
];

/** @throws Failure if the account may not propose now */
async function requireVotes({ reader, deployment, address, now }: Account, action: DaoAction): Promise<void> {
  const threshold = await thresholdOf(reader, deployment, laneFor(action));
  stopOn(proposerRefusal(await votesAt(reader, deployment, address, now - 1), threshold));
}

function proposeOne(plan: Plan): Command {
  const command = takesAccount(new Command(plan.name));
  for (const [name, about] of plan.args) command.argument(name, about);
  if (plan.name === "trust") command.option("--revoke", "take the mark away");
  command
    .summary(plan.summary)
    .description(plan.description)
    .option("--evidence <file>", "the document that the proposal rests on: a file or a URL")
    .option("--uri <uri>", "where everybody can have it (default: the URL of --evidence)")
    .option("--text <text>", "why, for the voters");
  examples(command, [plan.example]);
  return answering<Options>(command, async (args, options, terminal) => {
    if (plan.name === "suspect" && options.evidence === undefined) {
      throw new Failure("Nothing was proposed", "a suspicion needs evidence", "add --evidence FILE --uri URI");
    }
    const account = await openAccount(options);
    const { reader, signer, deployment, now } = account;
    const action = await plan.actionOf(account, args, options);
    const evidence = options.evidence === undefined ? undefined : await readEvidence(options.evidence, options.uri);
    await requireVotes(account, action);
    const text = options.text ?? showAction(action);
    const { id } = await orWhen(now, propose(signer, deployment, action, text, evidence));
    const proposal = (await proposalsOf(reader, deployment)).find((one) => one.id === id);
    if (!proposal)
      throw new Failure("The proposal cannot be seen", "the node does not show it yet", "see `sonm dao list`");
    const standing = await standingOf(reader, deployment, proposal);
    const note = await plan.note?.(account, action);
    return {
      lines: [
        `${terminal.paint("green", "✓")} Proposed to ${showAction(action)}`,
        "",
        ...fields(terminal, [
          ["proposal", `${shortId(id)}, ${standing.lane} lane`],
          ["next", nextStep(standing, now)],
          ["votes end", showMoment(standing.voteEnd, now)],
          ...(evidence ? [["evidence", `${evidence.hash} ${plain(evidence.uri)}`] as const] : []),
          ...(note ? [["mind", note] as const] : []),
        ]),
      ],
      data: {
        id: showId(id),
        lane: standing.lane,
        action,
        voteStart: standing.voteStart,
        voteEnd: standing.voteEnd,
        evidence: evidence ?? null,
        note: note ?? null,
        now,
      },
    };
  });
}

export function daoPropose(): Command {
  const command = new Command("propose")
    .summary("propose something to the holders of SNM")
    .description(
      "Proposes something to the holders of SNM. It takes votes (10,000 SNM at first), yours and what is delegated to you. What could " +
        "never be carried out is refused. You can take it back until its votes open: `sonm dao cancel`.",
    );
  for (const plan of plans) command.addCommand(proposeOne(plan));
  return command;
}
