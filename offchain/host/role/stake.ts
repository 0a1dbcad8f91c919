// The first stake of a role.
import { deposit, stakeOf } from "@sonm/chain/money/stake";
import type { Table } from "./journal.ts";
import type { RoleTools } from "./open.ts";

/**
 * Brings the stake up to `amount` (wei of SNM), once in the life of a journal: what is lost or asked back later stays so, until its
 * owner stakes anew (`sonm stake deposit`).
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
