// The first stake of a role.
import { deposit, stakeOf } from "@sonm/chain/money/stake";
import type { Table } from "./journal.ts";
import type { RoleTools } from "./open.ts";

/**
 * Raises the stake to `amount` (wei of SNM), only once for each journal. Stake that is lost or withdrawn later is not replaced: the
 * owner can stake again with `sonm stake deposit`.
 */
export async function stakeOnce(
  { access, journal, sent, emit }: RoleTools<{ readonly marks: Table<true> }>,
  amount: bigint,
): Promise<void> {
  const { signer, deployment } = access;
  const { free, locked } = await stakeOf(signer, deployment, signer.address);
  if (free + locked < amount) {
    await sent("deposit", deposit(signer, deployment, amount - free - locked));
    emit({ kind: "staked", amount: String(amount) });
  }
  journal.marks.put("staked", true);
}
