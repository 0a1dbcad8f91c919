// A local network for the verbs that need one: a chain of its own, people with keystores, and a clock that the test moves.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { latest } from "@sonm/chain/clients";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import { keccak256, type LocalAccount, parseEther, stringToHex } from "viem";
import { type Devnet, startDevnet } from "../../../offchain/devnet/local-chain.ts";
import { writeDeployment } from "../../../offchain/host/access/deployment-file.ts";
import { createKeystore } from "../../../offchain/host/access/keystore.ts";
import { rememberMoment } from "../../support/moment.ts";
import { runVerb } from "../../support/verb.ts";
import { folderForTest, type Ran } from "./sonm.ts";

export const DAY = 86_400;
/** scrypt's N: cheap enough for tests, and too cheap for a real keystore. */
const CHEAP = 2 ** 10;
const PASSWORD = "correct horse";

/** What `--json` prints. */
// biome-ignore lint/suspicious/noExplicitAny: what a verb prints is checked field by field
export type Printed = { code: number; data: any };

export type Person = {
  readonly address: Address;
  readonly account: LocalAccount;
  /** Runs a verb as this person. */
  readonly sonm: (...args: string[]) => Promise<Printed>;
};

export type Network = {
  readonly devnet: Devnet;
  readonly folder: string;
  /** Runs a verb without a keystore. */
  readonly look: (...args: string[]) => Promise<Printed>;
  /** The same, without `--json`: the output that people see. */
  readonly see: (...args: string[]) => Promise<Ran>;
  /** Somebody with a keystore, ether and `snm` whole SNM. */
  readonly person: (name: string, snm: bigint) => Promise<Person>;
  readonly now: () => Promise<number>;
  readonly wait: (seconds: number) => Promise<void>;
  /** Moves the clock to `time` (unix seconds), if it is earlier. */
  readonly reach: (time: number) => Promise<void>;
  /** Remembers the chain as it is now; returns what takes it back there, as often as it is called. */
  readonly remember: () => Promise<() => Promise<void>>;
};

/** Asserts that a verb refuses, its reason, and its advice. */
export function refusedWith({ code, data }: Printed, why: RegExp, todo: RegExp): void {
  assert.equal(code, 1);
  assert.match(data.error.why, why);
  assert.match(data.error.todo, todo);
}

/** Asserts a refusal that says from when the step is possible, and moves the clock there. */
export async function waitAsTold(network: Network, { code, data }: Printed, why: RegExp): Promise<void> {
  assert.equal(code, 1);
  assert.match(data.error.why, why);
  assert.match(data.error.todo, /from \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(in \d+ (d|h|min|s)/);
  assert.ok(data.error.possibleFrom > (await network.now()));
  await network.devnet.jumpTo(data.error.possibleFrom);
}

export async function startNetwork(): Promise<Network> {
  const devnet = await startDevnet();
  const folder = folderForTest();
  const deployment = join(folder, "deployment.json");
  writeDeployment(deployment, devnet.deployment);
  const password = join(folder, "password");
  writeFileSync(password, `${PASSWORD}\n`);
  const env = { SONM_RPC: devnet.url, SONM_DEPLOYMENT: deployment };
  const run = async (extra: Record<string, string>, args: readonly string[]): Promise<Printed> => {
    const { code, out, err } = await runVerb([...args, "--json"], { ...env, ...extra });
    if (out === "") throw new Error(`sonm ${args.join(" ")} printed no data:\n${err}`);
    return { code, data: JSON.parse(out) };
  };
  const now = async () => (await latest(devnet.reader)).now;
  return {
    devnet,
    folder,
    look: (...args) => run({}, args),
    see: (...args) => runVerb(args, env),
    async person(name, snm) {
      const key: Hex = keccak256(stringToHex(`person ${name}`));
      const keystore = join(folder, `${name}.json`);
      const account = await createKeystore(keystore, PASSWORD, key, CHEAP);
      await devnet.endow(account.address, snm * parseEther("1"));
      const own = { SONM_KEYSTORE: keystore, SONM_PASSWORD_FILE: password };
      return { address: account.address, account, sonm: (...args) => run(own, args) };
    },
    now,
    wait: async (seconds) => devnet.jumpTo((await now()) + seconds),
    async reach(time) {
      if ((await now()) < time) await devnet.jumpTo(time);
    },
    remember: () => rememberMoment(devnet.url, [devnet.bank]),
  };
}
