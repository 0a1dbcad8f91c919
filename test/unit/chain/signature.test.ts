// Whose a signature is: the same answer as the contracts give, whatever its bytes are.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connect, type Reader } from "@sonm/chain/clients";
import { isSignedBy } from "@sonm/chain/signature";
import { assignmentTypedData } from "@sonm/protocol/result/claim";
import type { Address, Hex, JobId } from "@sonm/protocol/values/ids";
import fc from "fast-check";
import { bytesToHex, concat, createTestClient, type Hash, http, numberToHex, padHex, slice } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { startAnvil } from "../../../offchain/devnet/anvil.ts";
import { fuzz } from "../../support/fuzz.ts";

const key = privateKeyToAccount(padHex("0x07", { size: 32 }));
const other = privateKeyToAccount(padHex("0x08", { size: 32 }));
const job = padHex("0x01", { size: 32 }) as JobId;
const about = { wallet: key.address, job, batch: 0, attempt: 0, miner: other.address, pay: 1n, expiry: 1n };
const data = assignmentTypedData(about, 31_337, other.address);
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
/** ERC-8010: a suffix that viem reads as a wrapped signature; here what it wraps is malformed. */
const ERC_8010 = "0x8010801080108010801080108010801080108010801080108010801080108010";

/** Code of wallets, by what they do when they are asked. */
const wallets = {
  // PUSH4 1626ba7e PUSH1 e0 SHL PUSH0 MSTORE PUSH1 20 PUSH0 RETURN
  agrees: "0x631626ba7e60e01b5f5260205ff3",
  answersOther: "0x63deadbeef60e01b5f5260205ff3",
  answersShort: "0x60045ff3",
  reverts: "0x5f5ffd",
  fails: "0xfe",
} as const satisfies Record<string, Hex>;

describe("a signature", { timeout: 120_000 }, () => {
  let anvil: Awaited<ReturnType<typeof startAnvil>>;
  let reader: Reader;
  let signature: Hash;
  const at = Object.fromEntries(
    Object.keys(wallets).map((name, i) => [name, padHex(numberToHex(0xa000 + i), { size: 20 })]),
  ) as Record<keyof typeof wallets, Address>;

  before(async () => {
    anvil = await startAnvil();
    reader = await connect(anvil.url);
    const node = createTestClient({ mode: "anvil", transport: http(anvil.url) });
    for (const [name, bytecode] of Object.entries(wallets)) {
      await node.setCode({ address: at[name as keyof typeof wallets], bytecode });
    }
    signature = await key.signTypedData(data);
  });
  after(() => anvil?.stop());

  it("is of the key that has made it, and of no other", async () => {
    assert.ok(await isSignedBy(reader, key.address, data, signature));
    assert.ok(!(await isSignedBy(reader, other.address, data, signature)));
    assert.ok(!(await isSignedBy(reader, key.address, { ...data, message: { ...data.message, pay: 2n } }, signature)));
  });

  it("is not its twin in the upper half, nor in another form: the contracts would refuse it", async () => {
    const [r, s, v] = [slice(signature, 0, 32), BigInt(slice(signature, 32, 64)), Number(slice(signature, 64))];
    const twin = concat([r, numberToHex(ORDER - s, { size: 32 }), numberToHex(v === 27 ? 28 : 27)]);
    const compact = concat([r, numberToHex(s | (BigInt(v - 27) << 255n), { size: 32 })]);
    const short = concat([slice(signature, 0, 64), numberToHex(v - 27, { size: 1 })]);
    for (const form of [twin, compact, short]) assert.ok(!(await isSignedBy(reader, key.address, data, form)));
  });

  it("S1: that ends in the magic of ERC-8010 with something malformed is nobody's", async () => {
    for (const bytes of ["0x", signature, bytesToHex(new Uint8Array(200)), padHex("0x40", { size: 64 })] as const) {
      assert.equal(await isSignedBy(reader, key.address, data, concat([bytes, ERC_8010])), false);
    }
  });

  it("of a wallet is what the wallet says", async () => {
    assert.equal(await isSignedBy(reader, at.agrees, data, "0x1234"), true);
    for (const wallet of [at.answersOther, at.answersShort, at.reverts]) {
      assert.equal(await isSignedBy(reader, wallet, data, signature), false);
    }
  });

  it("S1: of any bytes is answered", async () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((tail) => bytesToHex(tail));
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom("", "magic"), async (tail, suffix) => {
        const whole = suffix === "" ? tail : concat([tail, ERC_8010]);
        assert.equal(await isSignedBy(reader, key.address, data, whole), false);
      }),
      fuzz(100),
    );
  });

  it("is not judged while the node does not answer", async () => {
    const silent = { client: { call: () => Promise.reject(new Error("fetch failed")) } } as unknown as Reader;
    await assert.rejects(isSignedBy(silent, key.address, data, signature), /fetch failed/);
    // A node says that a wallet has failed as it says that it has failed itself: whoever asks may ask again.
    await assert.rejects(isSignedBy(reader, at.fails, data, signature), /InvalidFEOpcode/);
  });
});
