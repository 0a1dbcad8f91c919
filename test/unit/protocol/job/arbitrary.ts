// Jobs for property tests: any that the encoding allows.

import type { Job } from "@sonm/protocol/job/job";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import fc from "fast-check";
import { getAddress, pad, toHex } from "viem";

export const hashes: fc.Arbitrary<Hex> = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes));
export const addresses: fc.Arbitrary<Address> = fc
  .bigInt({ min: 1n, max: 2n ** 160n - 1n })
  .map((value) => getAddress(pad(toHex(value), { size: 20 })));
const seconds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const wei = fc.bigInt({ min: 1n, max: 2n ** 128n - 1n });

export const jobs: fc.Arbitrary<Job> = fc.record(
  {
    buyer: addresses,
    hub: addresses,
    referee: addresses,
    machine: addresses,
    image: hashes,
    programRoot: hashes,
    entry: fc.bigInt({ min: 0n, max: 2n ** 30n - 1n }).map((word) => 4n * word),
    inputsRoot: hashes,
    units: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    batchSize: fc.integer({ min: 1, max: 32_768 }),
    exponent: fc.integer({ min: 1, max: 8 }).map((half) => 2 * half),
    price: wei,
    deposit: fc.constant(2n ** 128n - 1n),
    bond: wei,
    window: seconds,
    opening: seconds,
    allowance: seconds,
    grace: seconds,
    deadline: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    salt: hashes,
  },
  { noNullPrototype: true },
);
