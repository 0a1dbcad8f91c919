/**
 * What the results of a job rest on. Engine and referee of a job give the same.
 *
 * - proved: the chain decides, by executing one instruction
 * - replicated: drawn verifiers decide, by running the disputed unit again
 */
export type Guarantee = "proved" | "replicated";
