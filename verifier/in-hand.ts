// What a verifier has in hand: claims that it has chosen and not checked yet. The chain shows the games.
import type { InHand } from "../offchain/host/role/in-hand.ts";
import { isCheckable, type VerifierView } from "./decide.ts";

export function inHand({ claims, now }: VerifierView): readonly InHand[] {
  return claims
    .filter((claim) => isCheckable(claim, now) && claim.check === undefined)
    .map(({ id }) => ({ what: `claim ${id}`, state: "is to be checked" }));
}
