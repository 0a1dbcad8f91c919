// The events of all contracts, in order, each decoded with the ABI of the contract that emitted it.
import assert from "node:assert/strict";
import { type Abi, type Address, decodeEventLog, isAddress } from "viem";
import type { Person, World } from "./government/fixture.ts";
import type { Market } from "./market/fixture.ts";

/** One event. Contracts and people have their names from the fixture, so that tests need not compare addresses. */
export type Told = readonly [by: string, event: string, args: Readonly<Record<string, unknown>>];
type Contract = { readonly address: Address; readonly abi: Abi };

/**
 * Makes the function `told` of a test: `told(act)` does `act` and returns all events that it caused.
 * @param others wallets and people that the fixture does not know, by their names in the events
 */
export function listen(world: World | Market, others: Record<string, Contract | Person> = {}) {
  const contracts = new Map<string, readonly [name: string, abi: Abi]>();
  const names = new Map<string, string>();
  for (const [name, thing] of Object.entries({ ...world, ...others })) {
    if ("account" in thing && thing.account) names.set(thing.account.address.toLowerCase(), name);
    if (!("abi" in thing)) continue;
    names.set(thing.address.toLowerCase(), name);
    contracts.set(thing.address.toLowerCase(), [name, thing.abi as Abi]);
  }
  const named = (value: unknown) =>
    typeof value === "string" && isAddress(value) ? (names.get(value.toLowerCase()) ?? value) : value;

  return async (act: () => Promise<unknown>): Promise<Told[]> => {
    const before = await world.client.getBlockNumber({ cacheTime: 0 });
    await act();
    const logs = await world.client.getLogs({ fromBlock: before + 1n });
    return logs.map(({ address, data, topics }): Told => {
      const [by, abi] = contracts.get(address.toLowerCase()) ?? assert.fail(`${address} is nobody's`);
      const { eventName = "", args = {} } = decodeEventLog({ abi, data, topics });
      return [by, eventName, Object.fromEntries(Object.entries(args).map(([name, value]) => [name, named(value)]))];
    });
  };
}
