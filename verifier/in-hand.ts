// What a verifier has in hand: claims that it has chosen and not checked yet. The chain shows the games.
import type { InHand } from "../offchain/host/role/in-hand.ts";
import { toCheck, type VerifierView } from "./decide.ts";

export function inHand(view: VerifierView): readonly InHand[] {
  return toCheck(view).map(({ id }) => ({ what: `claim ${id}`, state: "is to be checked" }));
}
