// What a buyer can be told.
import { integer } from "@sonm/protocol/values/shape";
import { memorySize } from "../../host/role/engine-tools.ts";
import {
  address,
  needed,
  type OptionsOf,
  pathsTo,
  pathTo,
  perhaps,
  type Sort,
  seconds,
  snm,
  usually,
  whole,
} from "../../host/role/options.ts";
import type { TrialSize } from "./estimate.ts";

/** How many units are tried: a number, all, or none. */
const trialSize: Sort<TrialSize> = {
  ...whole(),
  value: "<units>",
  shape: () => (value, place) => (value === "all" || value === "none" ? value : integer(1)(value, place)),
};

export const options = {
  hub: needed(address, "wallet of the hub that is asked"),
  image: needed(pathTo("<file>"), "the program: an image tar or an ELF file"),
  inputs: needed(pathsTo("<files...>", 2 ** 22), "a file a unit"),
  out: needed(pathTo("<folder>"), "where the outputs go, a file a unit"),
  price: needed(snm, "SNM a unit"),
  batchSize: usually(whole(1, 32_768, "<units>"), 16, "units a batch"),
  exponent: usually(whole(2, 16, "<m>"), 8, "a unit's run has 8^m steps; even"),
  deposit: perhaps(snm, "SNM locked by a claim (default: the least that the chain accepts)"),
  bond: perhaps(snm, "SNM locked by a challenge (default: the least that the chain accepts)"),
  windowSeconds: usually(seconds, 86_400, "how long a claim can be challenged"),
  openingSeconds: usually(seconds, 1800, "from a challenge to the opening of its game"),
  allowanceSeconds: usually(seconds, 86_400, "thinking time of each player in a game"),
  graceSeconds: usually(seconds, 3600, "what each turn has at least, even when the allowance is used up"),
  deadlineSeconds: usually(seconds, 30 * 86_400, "from now to the deadline, after which unclaimed units are refunded"),
  maxTotal: perhaps(snm, "SNM that the whole job may cost at most; a dearer one is refused before anything is asked"),
  trial: usually(
    trialSize,
    1,
    "how many units are run here before anything is asked or paid, the largest inputs first: a number, all, or none; a unit that does not end would be paid for all the same",
  ),
  memory: perhaps(
    memorySize,
    "memory for a trial: a unit that needs more is not ordered (default: half of the computer's memory)",
  ),
  askAgainSeconds: usually(seconds, 3600, "after which an unanswered question is asked again"),
};

export type BuyerOptions = OptionsOf<typeof options>;
