// A chain that answers as the test says. It shows in no time what a real one shows after months, or never: many pages, odd answers.
import assert from "node:assert/strict";
import type { Reader } from "@sonm/chain/clients";
import { contractKeys, type Deployment } from "@sonm/chain/deployment";
import type { Signer } from "@sonm/chain/signer";
import {
  type Abi,
  type AbiEvent,
  type Address,
  encodeAbiParameters,
  encodeEventTopics,
  getAddress,
  type Hex,
  keccak256,
  type Log,
  numberToHex,
  type TransactionReceipt,
} from "viem";

/** As viem writes it, so that what is decoded can be compared. */
export const addressOf = (number: number): Address => getAddress(numberToHex(number, { size: 20 }));
const addresses = Object.fromEntries(contractKeys.map((key, i) => [key, addressOf(i + 1)])) as Deployment["addresses"];
export const deployment: Deployment = { chainId: 31_337, block: 1, addresses };
export const ME = addressOf(0xabcd);
export const NOW = 1_800_000_000;

type Call = { readonly address: Address; readonly functionName: string; readonly args: readonly unknown[] };
/** What contracts answer, by the function's name. */
// biome-ignore lint/suspicious/noExplicitAny: each test knows the arguments of its functions
export type Answers = Readonly<Record<string, (args: readonly any[], at: Address) => unknown>>;

type Options = {
  readonly answers?: Answers;
  readonly code?: Hex | undefined;
  /** the events there are; transactions show them too */
  readonly logs?: readonly Log<bigint, number, false>[];
  readonly block?: number;
};

/** `asked` is what was read, `sent` what was sent, `ranges` which blocks events were asked of. */
export function stubChain({ answers = {}, code, logs = [], block = 1 }: Options) {
  const [asked, sent]: [Call[], Call[]] = [[], []];
  const ranges: (readonly [from: number, to: number])[] = [];
  const client = {
    async readContract({ address, functionName, args = [] }: Call) {
      asked.push({ address, functionName, args });
      const answer = answers[functionName] ?? assert.fail(`the test does not say what ${functionName} answers`);
      return answer(args, address);
    },
    async getLogs({
      address,
      fromBlock,
      toBlock,
    }: {
      address: readonly Address[];
      fromBlock: bigint;
      toBlock: bigint;
    }) {
      ranges.push([Number(fromBlock), Number(toBlock)]);
      return logs.filter((log) => {
        const here = log.blockNumber >= fromBlock && log.blockNumber <= toBlock;
        return here && address.includes(log.address);
      });
    },
    getCode: async () => code,
    getBlock: async () => ({ number: BigInt(block), timestamp: BigInt(NOW) }),
    /** nobody is a wallet contract */
    call: async () => ({ data: undefined }),
    async simulateContract({ address, functionName, args }: Call) {
      sent.push({ address, functionName, args });
    },
    estimateContractGas: async () => 21_000n,
  };
  const reader = { client, chainId: deployment.chainId } as unknown as Reader;
  const signer: Signer = {
    ...reader,
    address: ME,
    submit: async () => keccak256("0x00"),
    receiptOf: async () => ({ status: "success", logs }) as unknown as TransactionReceipt,
    signTypedData: () => assert.fail("nothing is to be signed"),
    forget() {},
  };
  return { reader, signer, asked, sent, ranges };
}

/** An event as a node tells it. */
export function logOf(
  abi: Abi,
  eventName: string,
  args: Readonly<Record<string, unknown>>,
  address: Address,
  block = 1,
): Log<bigint, number, false> {
  const event = abi.find((item): item is AbiEvent => item.type === "event" && item.name === eventName);
  assert(event, `no event ${eventName}`);
  const shown = event.inputs.filter(({ indexed }) => !indexed);
  return {
    address,
    topics: encodeEventTopics({ abi, eventName, args }) as [Hex, ...Hex[]],
    data: encodeAbiParameters(
      shown,
      shown.map(({ name }) => args[name ?? ""]),
    ),
    blockHash: numberToHex(block, { size: 32 }),
    blockNumber: BigInt(block),
    logIndex: 0,
    transactionHash: numberToHex(block, { size: 32 }),
    transactionIndex: 0,
    removed: false,
  };
}
