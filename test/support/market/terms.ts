// The market's structs, ids and typed data, written a second time from PROTOCOL.md, sections 4 and 5.
import { type Address, encodeAbiParameters, type Hex, hashStruct, keccak256, parseEther } from "viem";

export const SNM = parseEther("1");
export const HUB_STATUS = { Created: 0, Registered: 1, Idle: 2, Suspected: 3, Punished: 4 } as const;
export const BATCH_STATUS = { Open: 0, Taken: 1, Paid: 2, Refunded: 3 } as const;
export const CLAIM_STATUS = { None: 0, Live: 1, Settled: 2, Convicted: 3, Awarded: 4 } as const;

const uint = (name: string, bits: number) => ({ name, type: `uint${bits}` });
const address = (name: string) => ({ name, type: "address" });
const bytes32 = (name: string) => ({ name, type: "bytes32" });
/** EIP-712 types. */
export const TYPES = {
  Job: [
    ...["buyer", "hub", "referee", "machine"].map(address),
    bytes32("image"),
    bytes32("programRoot"),
    uint("entry", 64),
    bytes32("inputsRoot"),
    uint("units", 32),
    uint("batchSize", 32),
    uint("exponent", 8),
    ...["price", "deposit", "bond"].map((name) => uint(name, 128)),
    ...["window", "opening", "allowance", "grace"].map((name) => uint(name, 32)),
    uint("deadline", 64),
    bytes32("salt"),
  ],
  Quote: [bytes32("job"), uint("expiry", 64)],
  Assignment: [
    address("wallet"),
    bytes32("job"),
    uint("batch", 32),
    uint("attempt", 32),
    address("miner"),
    uint("pay", 128),
    uint("expiry", 64),
  ],
};

export type Job = {
  buyer: Address;
  hub: Address;
  referee: Address;
  machine: Address;
  image: Hex;
  programRoot: Hex;
  entry: bigint;
  inputsRoot: Hex;
  units: number;
  batchSize: number;
  exponent: number;
  price: bigint;
  deposit: bigint;
  bond: bigint;
  window: number;
  opening: number;
  allowance: number;
  grace: number;
  deadline: bigint;
  salt: Hex;
};
export type Claim = { job: Hex; batch: number; attempt: number; miner: Address; pay: bigint; root: Hex };

export function jobIdOf(job: Job): Hex {
  return hashStruct({ primaryType: "Job", types: TYPES, data: job });
}

const CLAIM = ["bytes32", "uint32", "uint32", "address", "uint128", "bytes32"].map((type) => ({ type }));
export function claimIdOf(claim: Claim): Hex {
  return keccak256(
    encodeAbiParameters(CLAIM, [claim.job, claim.batch, claim.attempt, claim.miner, claim.pay, claim.root]),
  );
}

/** `H(abi.encode(challenger, claimId, salt))`. */
export function commitmentHash(challenger: Address, claimId: Hex, salt: Hex): Hex {
  return keccak256(
    encodeAbiParameters([{ type: "address" }, { type: "bytes32" }, { type: "bytes32" }], [challenger, claimId, salt]),
  );
}

/** EIP-712 type of an approval by signature (ERC-2612). */
export const PERMIT = [
  { name: "owner", type: "address" },
  { name: "spender", type: "address" },
  { name: "value", type: "uint256" },
  { name: "nonce", type: "uint256" },
  { name: "deadline", type: "uint256" },
] as const;
