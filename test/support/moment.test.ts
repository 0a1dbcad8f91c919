// A chain of anvil's that goes back: its accounts, its clock, and the numbers that signers give to their transactions.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, latest, type Reader } from "@sonm/chain/clients";
import { localSigner } from "@sonm/chain/signer";
import { mnemonicToAccount } from "viem/accounts";
import { type Anvil, startAnvil } from "../../offchain/devnet/anvil.ts";
import { rememberMoment } from "./moment.ts";

let anvil: Anvil;
let reader: Reader;
before(async () => {
  anvil = await startAnvil();
  reader = await connect(anvil.url);
});
after(() => anvil?.stop());

test("goes back as often as it is told to, and the same signer goes on", async () => {
  const signer = localSigner(reader, mnemonicToAccount("test test test test test test test test test test test junk"));
  const { address } = signer;
  const count = () => reader.client.getTransactionCount({ address });
  const request = reader.client.request as (call: { method: string; params: unknown[] }) => Promise<unknown>;
  const send = async () => signer.receiptOf(await signer.submit({ to: address, data: "0x", gas: 21_000n }));
  await send();
  const begun = await latest(reader);
  const goBack = await rememberMoment(anvil.url, [signer]);
  for (const round of [1, 2]) {
    await send();
    await send();
    await request({ method: "evm_setNextBlockTimestamp", params: [begun.now + 86_400] });
    await request({ method: "evm_mine", params: [] });
    assert.equal(await count(), 3, `round ${round}`);
    await goBack();
    assert.equal(await count(), 1, `round ${round}`);
    assert.deepEqual(await latest(reader), begun);
    await request({ method: "evm_mine", params: [] });
    const { now } = await latest(reader);
    assert.ok(now < begun.now + 3600, `the clock is ${now - begun.now} seconds ahead`);
    await goBack();
  }
});
