// A role's tools without chain, network and disk. They record what the role does with them, and the test sets what the role finds.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contractKeys } from "@sonm/chain/deployment";
import { emptyMarket } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import { checkOutput, contentIdOf } from "@sonm/protocol/result/delivery";
import type { ContentId } from "@sonm/protocol/values/ids";
import { type Address, type Hex, keccak256, numberToHex, TransactionNotFoundError } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { contentSource } from "../../../offchain/host/disk/content-file.ts";
import type { MachineEngine } from "../../../offchain/host/engines/machine/machine-engine.ts";
import { NetContentMissing } from "../../../offchain/host/net/errors.ts";
import type { Message } from "../../../offchain/host/net/message.ts";
import { createGuard } from "../../../offchain/host/role/guard.ts";
import type { Happening } from "../../../offchain/host/role/happenings.ts";
import type { Prepare } from "../../../offchain/host/role/inbox.ts";
import type { RoleTools } from "../../../offchain/host/role/open.ts";
import { openQuarantine } from "../../../offchain/host/role/quarantine.ts";
import type { WorkQueue } from "../../../offchain/host/role/queue.ts";

/** A call of a contract as the role sent it. */
export type SentCall = { readonly to: Address; readonly functionName: string; readonly args: readonly unknown[] };
export type SentLetter = { readonly to: Address; readonly message: Message };

/** Where the roles remember what they could not read. */
const folder = mkdtempSync(join(tmpdir(), "sonm-stub-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
let opened = 0;

const accountOf = (number: number) => privateKeyToAccount(numberToHex(number, { size: 32 }));

/** Accounts with keys, for what has to be signed. The role under test is `me`. */
export const accounts = { me: accountOf(1), hub: accountOf(2), stranger: accountOf(3) };

const addresses = Object.fromEntries(contractKeys.map((name, i) => [name, numberToHex(i + 1, { size: 20 })])) as Record<
  (typeof contractKeys)[number],
  Address
>;

/**
 * Tools over a journal in memory (`openMinerJournal` and the like).
 *
 * The test can change `set`: `sight` is what the observer sees, `reads` are the answers of contracts by the function's name, `code` is the
 * code at every address, `isKnown` whether the chain has what was sent, and `broken` makes the network or the chain fail from then on. `done` is what the role has done, in order.
 */
export function stubTools<Journal>(openJournal: (path: string) => Journal) {
  const set = {
    now: 1_000_000,
    sight: { ...emptyMarket, block: 1, now: 1_000_000 } as Sight,
    reads: {} as Record<string, (args: readonly unknown[], at: Address) => unknown>,
    broken: undefined as Error | undefined,
    code: "0x00" as Hex | undefined,
    isKnown: true,
  };
  const store = new Map<ContentId, Uint8Array>();
  const done = {
    happenings: [] as Happening[],
    calls: [] as SentCall[],
    letters: [] as SentLetter[],
    /** contents that were requested from the store */
    fetched: [] as ContentId[],
  };
  const mustWork = async () => {
    if (set.broken) throw set.broken;
  };

  const client = {
    async readContract({ functionName, args = [], address }: { functionName: string; args?: []; address: Address }) {
      const answer = set.reads[functionName] ?? assert.fail(`the test does not say what ${functionName} answers`);
      return answer(args, address);
    },
    getCode: async () => set.code,
    getBlock: async () => ({ number: BigInt(set.sight.block), timestamp: BigInt(set.now) }),
    async getTransaction({ hash }: { hash: Hex }) {
      if (!set.isKnown) throw new TransactionNotFoundError({ hash });
    },
    /** no wallet contract is anywhere */
    call: async () => ({ data: undefined }),
    async simulateContract({ address: to, functionName, args }: SentCall & { address: Address }) {
      await mustWork();
      done.calls.push({ to, functionName, args });
    },
    estimateContractGas: async () => 21_000n,
  };
  const signer = {
    client,
    chainId: 31_337,
    address: accounts.me.address,
    submit: async () => keccak256("0x00"),
    receiptOf: async (_nonce: unknown, hash: Hex = keccak256("0x00")) => ({
      status: "success",
      logs: [],
      gasUsed: 21_000n,
      blockNumber: 1n,
      transactionHash: hash,
    }),
    signTypedData: accounts.me.signTypedData,
    forget() {},
  };
  async function publish(bytes: Uint8Array) {
    await mustWork();
    const id = contentIdOf(bytes);
    store.set(id, bytes);
    return id;
  }
  async function fetch(id: ContentId) {
    await mustWork();
    done.fetched.push(id);
    const bytes = store.get(id);
    if (!bytes) throw new NetContentMissing(id);
    return bytes;
  }
  const peer = {
    address: accounts.me.address,
    publish,
    fetch,
    publishFile: async (path: string) => publish(new Uint8Array(await readFile(path))),
    fetchFile: async (id: ContentId, path: string) => writeFile(path, await fetch(id)),
    async send(to: Address, message: Message) {
      await mustWork();
      done.letters.push({ to, message });
    },
    messages: async () => ({ messages: [], next: 0 }),
  };
  const tools = {
    now: () => set.now,
    setNow(now: number) {
      set.now = now;
    },
    emit: (happening: Happening) => void done.happenings.push(happening),
    access: {
      signer,
      deployment: { chainId: signer.chainId, block: 1, addresses },
      observer: { look: async () => set.sight },
    },
    peer,
    journal: openJournal(":memory:"),
    guard: createGuard((what, why) => done.happenings.push({ kind: "put-aside", what, why })),
    // Made when something is kept there.
    data: join(folder, `data ${opened++}`),
    quarantine: openQuarantine(join(folder, `${opened++}.json`), (happening) => void done.happenings.push(happening)),
    sent: (_call: string, transaction: Promise<unknown>) => transaction,
  } as unknown as RoleTools<Journal>;
  return { tools, set, done, store };
}

/** Computes at once whatever comes. */
export const noQueue: WorkQueue = { inTurn: (_, run) => run(async () => {}), keep() {} };

/** An engine for tests in which a role runs no units. */
export const idleEngine: MachineEngine = {
  guarantee: "proved",
  machine: addresses.machine,
  parallel: 1,
  runs: ({ machine }) => machine === addresses.machine,
  describe: () => assert.fail("no job is made"),
  check: () => assert.fail("no job is checked"),
  compute: () => assert.fail("nothing is computed"),
  tryOut: () => assert.fail("nothing is tried"),
  checkOutput: async (unit, output) => void checkOutput(unit, contentSource(output)),
  runOf: () => assert.fail("no run is needed"),
  openInput: () => assert.fail("no input is needed"),
  play: () => assert.fail("nothing is played"),
  stop: async () => {},
};

/** Lets a letter arrive: the role checks it, and writes down what matters of it. */
export async function receive(prepare: Prepare, from: Address, message: Message): Promise<void> {
  const note = await prepare({ id: "letter", from, message });
  note();
}
