// An account's money as people see it: SNM, and the chain's own money for gas.
import assert from "node:assert/strict";
import { test } from "node:test";
import { zeroAddress } from "viem";
import { balanceLines } from "../../../../offchain/cli/account/account.ts";
import { openTerminal } from "../../../../offchain/host/terminal/terminal.ts";

const SNM = 10n ** 18n;
const terminal = { ...openTerminal(process.stderr), paint: (_: unknown, text: string) => text };
const account = "0x3333333333333333333333333333333333333333";
const other = "0x4444444444444444444444444444444444444444";

const voters = [
  [zeroAddress, "nobody: `sonm dao delegate self`"],
  [account, "itself"],
  [other, other],
] as const;
for (const [delegate, voter] of voters) {
  test(`a balance, with votes delegated to ${voter}`, () => {
    const lines = balanceLines({ account, snm: 12_345n * SNM + SNM / 2n, gas: SNM / 50n, delegate }, terminal);
    assert.deepEqual(lines, [
      `  account         ${account}`,
      "  SNM             12,345.5 SNM",
      "  for gas         0.02 of the chain's own money",
      `  votes with it   ${voter}`,
    ]);
  });
}
