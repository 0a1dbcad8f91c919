/** A program as the machine takes it: where to begin, and what stands where in the program region at step 0. */
export type ProgramImage = {
  readonly entry: number;
  readonly segments: readonly { readonly address: number; readonly data: Uint8Array }[];
};
