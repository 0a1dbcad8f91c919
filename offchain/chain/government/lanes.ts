// How the DAO's two lanes work (PROTOCOL.md, section 8.6): what it takes to propose, and how long everything lasts. Durations are seconds,
// votes wei of SNM.
import type { Address } from "@sonm/protocol/values/ids";
import { daoAbi } from "../abi/dao.ts";
import { timelockAbi } from "../abi/timelock.ts";
import { latest, type Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import type { DaoAction } from "./actions.ts";

/** A lane of the DAO: `fast` decides suspicions, `slow` everything else. */
export type LaneName = "slow" | "fast";

/** Which lane decides an action: the fast one decides suspicions, which no other lane can. */
export function laneFor(action: DaoAction): LaneName {
  return action.kind === "suspect" ? "fast" : "slow";
}

/** The contract that decides in a lane. */
export function governorOf({ addresses }: Deployment, lane: LaneName): Address {
  return lane === "slow" ? addresses.dao : addresses.fastLane;
}

function timelockOf({ addresses }: Deployment, lane: LaneName): Address {
  return lane === "slow" ? addresses.timelock : addresses.fastTimelock;
}

/** How long a lane's decisions take, and how long they stay valid: seconds. */
export type LaneTimes = {
  /** from the proposal to the end of its votes */
  readonly voting: number;
  /** in the timelock */
  readonly waiting: number;
  /** from the end of the votes to the last moment for queuing; also from when it can be executed to the last moment for that */
  readonly lifetime: number;
};

/** How long a lane's decisions take now, and how long they stay valid. */
export async function laneTimesOf({ client }: Reader, deployment: Deployment, lane: LaneName): Promise<LaneTimes> {
  const at = { address: governorOf(deployment, lane), abi: daoAbi } as const;
  const timelock = timelockOf(deployment, lane);
  const [delay, period, waiting, lifetime] = await Promise.all([
    client.readContract({ ...at, functionName: "votingDelay" }),
    client.readContract({ ...at, functionName: "votingPeriod" }),
    client.readContract({ address: timelock, abi: timelockAbi, functionName: "getMinDelay" }),
    client.readContract({ ...at, functionName: "LIFETIME" }),
  ]);
  return { voting: Number(delay + period), waiting: Number(waiting), lifetime: Number(lifetime) };
}

/** Votes that are needed to propose, wei of SNM. */
export function thresholdOf({ client }: Reader, deployment: Deployment, lane: LaneName): Promise<bigint> {
  return client.readContract({
    address: governorOf(deployment, lane),
    abi: daoAbi,
    functionName: "proposalThreshold",
  });
}

/** The settings of a lane. Votes are wei of SNM, durations seconds. */
export type LaneSettings = {
  /** votes needed to propose */
  readonly threshold: bigint;
  /** from the proposal until votes open */
  readonly votingDelay: number;
  readonly votingPeriod: number;
  /** percent of all SNM that must vote for or abstain */
  readonly quorumPercent: number;
  readonly quorum: bigint;
  /** from queuing until anyone may execute */
  readonly timelockDelay: number;
};

/** The settings of a lane now. */
export async function laneSettingsOf(reader: Reader, deployment: Deployment, lane: LaneName): Promise<LaneSettings> {
  const { client } = reader;
  const { now } = await latest(reader);
  const at = { address: governorOf(deployment, lane), abi: daoAbi } as const;
  const timelock = { address: timelockOf(deployment, lane), abi: timelockAbi } as const;
  const [threshold, votingDelay, votingPeriod, numerator, denominator, quorum, timelockDelay] = await Promise.all([
    client.readContract({ ...at, functionName: "proposalThreshold" }),
    client.readContract({ ...at, functionName: "votingDelay" }),
    client.readContract({ ...at, functionName: "votingPeriod" }),
    client.readContract({ ...at, functionName: "quorumNumerator" }),
    client.readContract({ ...at, functionName: "quorumDenominator" }),
    client.readContract({ ...at, functionName: "quorum", args: [BigInt(now - 1)] }),
    client.readContract({ ...timelock, functionName: "getMinDelay" }),
  ]);
  return {
    threshold,
    votingDelay: Number(votingDelay),
    votingPeriod: Number(votingPeriod),
    quorumPercent: Number((numerator * 100n) / denominator),
    quorum,
    timelockDelay: Number(timelockDelay),
  };
}
