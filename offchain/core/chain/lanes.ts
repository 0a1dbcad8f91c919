// How the DAO's two lanes work (PROTOCOL.md, section 8.6): what it takes to propose, and how long everything lasts. Durations are seconds,
// votes wei of SNM.
import { daoAbi } from "./abi/dao.ts";
import { timelockAbi } from "./abi/timelock.ts";
import { latest, type Reader } from "./clients.ts";
import { governorOf, type LaneName } from "./dao.ts";
import type { Deployment } from "./deployment.ts";

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

export async function laneSettingsOf(reader: Reader, { addresses }: Deployment, lane: LaneName): Promise<LaneSettings> {
  const { client } = reader;
  const { now } = await latest(reader);
  const at = { address: governorOf(addresses, lane), abi: daoAbi } as const;
  const timelock = {
    address: lane === "slow" ? addresses.timelock : addresses.fastTimelock,
    abi: timelockAbi,
  } as const;
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
