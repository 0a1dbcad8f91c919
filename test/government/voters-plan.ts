// What voters do, for the model and for the chain, where calls are bytes, proposals are hashes, and ballots are signed.

import { parameterNames } from "@sonm/chain/enums/parameter";
import { type Address, encodeAbiParameters, encodeFunctionData, type Hex, keccak256, stringToHex } from "viem";
import type { Command } from "../support/government/commands.ts";
import { BALLOT, type GovernedWorld, type Person } from "../support/government/fixture.ts";
import { balanceOf, type Model } from "../support/government/model.ts";
import { amountOf, type Hands, type Plan, planOf } from "../support/government/plan.ts";
import { type Call, perform, settle } from "./voters-calls.ts";
import type { VotersCommand, Which } from "./voters-commands.ts";
import { accuses, type Ballot, type Body, deeds, type Lane, type VotersModel } from "./voters-model.ts";
import { indexOf } from "./voters-unfold.ts";

export type VotersHands = Hands & {
  readonly world: GovernedWorld;
  chainId: number;
  personOf: (name: string) => Person;
};
type Immediate = Exclude<VotersCommand, { kind: "jump" | "edge" | "carry" | "business" }>;

const EVIDENCE = { hash: keccak256(stringToHex("the convicted claim")), uri: "ipfs://evidence" };
const UNKNOWN: Body = { calls: [{ kind: "spend", to: "v0", amount: 1n }], text: "never proposed", named: "v0" };

export function laneOf(world: GovernedWorld, lane: Lane) {
  return lane === "slow"
    ? { governor: world.dao, timelock: world.timelock }
    : { governor: world.fastLane as unknown as GovernedWorld["dao"], timelock: world.fastTimelock };
}

function encode({ world, addressOf, hubOf }: VotersHands, call: Call): [Address, Hex] {
  const at = (contract: { address: Address; abi: readonly unknown[] }, functionName: string, args: unknown[]) =>
    [contract.address, encodeFunctionData({ abi: contract.abi, functionName, args })] as [Address, Hex];
  const wallet = (name: string) => ({ address: addressOf(name), abi: hubOf("w0").abi });
  switch (call.kind) {
    case "suspect":
    case "rehab":
    case "ban":
      return at(wallet(call.wallet), call.kind, [call.registration]);
    case "trust":
      return at(world.whitelist, "setTrusted", [addressOf(call.wallet), call.trusted]);
    case "spend":
      return at(world.treasury, "spend", [addressOf(call.to), call.amount]);
    case "set":
      return at(world.parameters, "set", [parameterNames.indexOf(call.parameter), call.value]);
    case "tune": {
      const { governor, timelock } = laneOf(world, call.lane);
      if (call.setting === "timelockDelay") return at(timelock, "updateDelay", [call.value]);
      const setter = {
        quorumPercent: "updateQuorumNumerator",
        votingDelay: "setVotingDelay",
        votingPeriod: "setVotingPeriod",
        proposalThreshold: "setProposalThreshold",
      }[call.setting];
      return at(governor, setter, [call.value]);
    }
  }
}
function encodeAll(hands: VotersHands, { calls }: Body) {
  const encoded = calls.map((call) => encode(hands, call));
  return {
    targets: encoded.map(([to]) => to),
    values: encoded.map(() => 0n),
    calldatas: encoded.map(([, data]) => data),
  };
}
function descriptionOf({ addressOf }: VotersHands, { text, named }: Body): string {
  return `${text}\nevidence ${EVIDENCE.hash} ${EVIDENCE.uri}\n#proposer=${addressOf(named).toLowerCase()}`;
}
/** The arguments of `cancel`, `queue` and `execute`. */
function paramsOf(hands: VotersHands, body: Body) {
  const { targets, values, calldatas } = encodeAll(hands, body);
  return [targets, values, calldatas, keccak256(stringToHex(descriptionOf(hands, body)))] as const;
}
const PARAMS = [{ type: "address[]" }, { type: "uint256[]" }, { type: "bytes[]" }, { type: "bytes32" }] as const;
const ids = new WeakMap<Body, bigint>();
/** The number of a proposal, which is the same in both lanes. */
export function idOf(hands: VotersHands, body: Body): bigint {
  const id = ids.get(body) ?? BigInt(keccak256(encodeAbiParameters(PARAMS, paramsOf(hands, body))));
  ids.set(body, id);
  return id;
}

async function sign(hands: VotersHands, { lane, body, support, voter, nonce, signer }: Ballot): Promise<Hex> {
  const person = hands.personOf(signer);
  return person.signTypedData({
    account: person.account,
    domain: {
      name: lane === "slow" ? "SONM DAO" : "SONM fast lane",
      version: "1",
      chainId: hands.chainId,
      verifyingContract: laneOf(hands.world, lane).governor.address,
    },
    types: { Ballot: BALLOT },
    primaryType: "Ballot",
    message: { proposalId: idOf(hands, body), support, voter: hands.addressOf(voter), nonce },
  });
}

const other = (lane: Lane): Lane => (lane === "slow" ? "fast" : "slow");

function propose(hands: VotersHands, model: VotersModel, lane: Lane, body: Body, by: string): Plan {
  const { world, as, addressOf } = hands;
  const { targets, values, calldatas } = encodeAll(hands, body);
  const [call] = body.calls;
  return {
    inModel: () => deeds.propose(model, lane, body, by),
    onChain: () => {
      if (lane === "fast" && call?.kind === "suspect" && accuses(model, body, by))
        return world.fastLane.write.accuse([addressOf(call.wallet), body.text, EVIDENCE], as(by));
      const { write } = laneOf(world, lane).governor;
      if (body.named === by)
        return write.proposeWithEvidence([targets, values, calldatas, body.text, EVIDENCE], as(by));
      return write.propose([targets, values, calldatas, descriptionOf(hands, body)], as(by));
    },
  };
}

function bring(hands: VotersHands, model: VotersModel, lane: Lane, ballot: Ballot): Plan {
  return {
    inModel: () => deeds.bring(model, lane, ballot),
    onChain: async () => {
      const args = [idOf(hands, ballot.body), ballot.support, hands.addressOf(ballot.voter)] as const;
      const signature = await sign(hands, ballot);
      return laneOf(hands.world, lane).governor.write.castVoteBySig([...args, signature], hands.as("stranger"));
    },
  };
}

/** The plan of a command, in the model's current state. */
export function planOfVoters(hands: VotersHands, model: VotersModel, command: Immediate): Plan {
  const { world, as, addressOf } = hands;
  const find = (which: Which) => model.proposals[indexOf(model, which)] ?? { lane: "slow" as const, body: UNKNOWN };
  const findAt = ({ which, elsewhere }: { which: Which; elsewhere: boolean }) => {
    const { lane, body } = find(which);
    const where = elsewhere ? other(lane) : lane;
    return { lane: where, body, ...laneOf(world, where) };
  };
  switch (command.kind) {
    case "send": {
      const amount = amountOf(command.amount, balanceOf(model, command.from));
      return {
        inModel: () => deeds.send(model, command.from, command.to, amount),
        onChain: () => world.snm.write.transfer([addressOf(command.to), amount], as(command.from)),
      };
    }
    case "delegate":
      return {
        inModel: () => deeds.delegate(model, command.from, command.to),
        onChain: () => world.snm.write.delegate([addressOf(command.to)], as(command.from)),
      };
    case "propose": {
      const { lane, by, named = by, calls, text } = command;
      return propose(hands, model, lane, { calls: calls.map((call) => settle(model, call)), text, named }, by);
    }
    case "repeat": {
      const { lane, body } = find(command.which);
      return propose(hands, model, lane, body, command.by);
    }
    case "vote": {
      const { lane, body, governor } = findAt(command);
      return {
        inModel: () => deeds.vote(model, lane, body, command.by, command.support),
        onChain: () => governor.write.castVote([idOf(hands, body), command.support], as(command.by)),
      };
    }
    case "ballot": {
      const { voter, support, ahead, forger: signer = voter } = command;
      const { lane, body } = find(command.which);
      const nonce = (model.lanes[lane].nonces.get(voter) ?? 0n) + ahead;
      const ballot: Ballot = { lane, body, voter, support, nonce, signer };
      model.ballots.push(ballot);
      return bring(hands, model, findAt(command).lane, ballot);
    }
    case "replay": {
      const ballot = model.ballots[command.index % model.ballots.length];
      if (!ballot) return { inModel: () => undefined, onChain: async () => undefined };
      return bring(hands, model, command.elsewhere ? other(ballot.lane) : ballot.lane, ballot);
    }
    case "cancel": {
      const { lane, body, governor } = findAt(command);
      return {
        inModel: () => deeds.cancel(model, lane, body, command.by),
        onChain: () => governor.write.cancel(paramsOf(hands, body), as(command.by)),
      };
    }
    case "queue": {
      const { lane, body, governor } = findAt(command);
      return {
        inModel: () => deeds.queue(model, lane, body),
        onChain: () => governor.write.queue(paramsOf(hands, body), as(command.by)),
      };
    }
    case "execute": {
      const { lane, body, governor } = findAt(command);
      return {
        inModel: () => deeds.execute(model, lane, body),
        onChain: () => governor.write.execute(paramsOf(hands, body), as(command.by)),
      };
    }
    case "carryOut": {
      const { body, governor, timelock } = findAt(command);
      const { targets, values, calldatas } = encodeAll(hands, body);
      const hash = BigInt(keccak256(stringToHex(descriptionOf(hands, body))));
      // The governor's salt is its address in the upper 20 bytes, mixed with the description's hash.
      const salt = `0x${(hash ^ (BigInt(governor.address) << 96n)).toString(16).padStart(64, "0")}` as const;
      return {
        inModel: () => deeds.carryOut(),
        onChain: () =>
          timelock.write.executeBatch([targets, values, calldatas, `0x${"00".repeat(32)}`, salt], as(command.by)),
      };
    }
    case "meddle": {
      const call = settle(model, command.call);
      const [to, data] = encode(hands, call);
      return {
        inModel: () => perform(model, call, command.by),
        onChain: () => hands.personOf(command.by).sendTransaction({ to, data, ...as(command.by) }),
      };
    }
    default:
      return planOf(hands, model as Model, command as Exclude<Command, { kind: "advance" | "jump" }>);
  }
}
