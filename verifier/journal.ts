// What a verifier keeps on disk: enough to open, play and win what it has announced, after a kill at any moment.
import { randomBytes } from "node:crypto";
import type { ClaimId, Hex } from "@sonm/protocol/values/ids";
import { bytesToHex } from "viem";
import { openJournal } from "../offchain/host/role/journal.ts";
import type { Staking } from "../offchain/host/role/stake.ts";
import type { UnitKept } from "../offchain/host/role/units.ts";

export function openVerifierJournal(path: string) {
  const journal = openJournal(path);
  const secrets = journal.table<Hex>("secret");
  const newSecret = () => bytesToHex(randomBytes(32));
  secrets.add("choice", newSecret());
  return {
    mail: journal.mail(),
    checkpoint: journal.checkpoint(),
    /** Decides which claims are checked, so that nobody else can know it. */
    secret: secrets.get("choice") as Hex,
    /** what this verifier holds to be their results, by job and unit */
    units: journal.table<UnitKept>("unit"),
    /** the outcome of checking, by claim */
    checks: journal.table<"true" | "false">("check"),
    /** salts of commitments, by claim; written before the commitment is sent */
    salts: journal.table<Hex>("salt"),
    /** the miner's result hashes, by claim, once they fit its root */
    leaves: journal.table<readonly Hex[]>("leaves"),
    /** claims whose miner has been asked for its results */
    asked: journal.table<ClaimId>("asked"),
    /** things that are done once: the first stake, reports */
    marks: journal.table<true>("mark"),
    stakes: journal.table<Staking>("stake"),
    newSecret,
    close: journal.close,
  };
}
export type VerifierJournal = ReturnType<typeof openVerifierJournal>;
