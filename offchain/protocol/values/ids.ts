// Ids and quantities that the whole system shares. A brand makes mixing two of them a type error.
import type { Address, Hex } from "viem";

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** EIP-712 struct hash of a job. */
export type JobId = Branded<Hex, "JobId">;
/** Hash of a claim's content. */
export type ClaimId = Branded<Hex, "ClaimId">;
/** Hash of a game's fixed terms. */
export type GameId = Branded<Hex, "GameId">;
/** keccak-256 of published bytes, by which they can be fetched. */
export type ContentId = Branded<Hex, "ContentId">;

export type { Address, Hex };
