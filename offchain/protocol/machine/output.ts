// A unit's output, and the proof that a final state holds it (PROTOCOL.md, section 3.5).
import { hashPair } from "../merkle/keccak.ts";
import { createTreeHasher } from "../merkle/stream.ts";
import { zeroRoot } from "../merkle/tree.ts";
import { type ByteSource, sourceOf } from "../values/byte-source.ts";
import {
  decodePath,
  decodeWords,
  EncodingError,
  encodePath,
  encodeWords,
  joinBytes,
  readerOf,
  sameBytes,
} from "./codec.ts";
import { type Ending, endingOf } from "./ending.ts";
import { LEAF_SIZE, LENGTH_SIZE, OUTPUT_START, REGION_HEIGHT } from "./layout.ts";
import { contentLength, type Machine, outputLength } from "./machine.ts";
import { readBytes } from "./memory.ts";
import { memoryPath, regionRoots } from "./memory-root.ts";
import { hashState } from "./state.ts";

/** A proof that does not show what it claims to show. */
export class OutputProofWrong extends Error {
  override readonly name = "OutputProofWrong";
}

/** Root of the output region. */
export function outputRoot(machine: Machine): Uint8Array {
  return regionRoots(machine.memory)[3];
}

/** Where the last leaf that holds output is, and the bytes after the output in it. */
function endOf(outputLength: number): { lastLeaf: number; rest: number } {
  const size = LENGTH_SIZE + outputLength;
  const lastLeaf = Math.ceil(size / LEAF_SIZE) - 1;
  return { lastLeaf, rest: (lastLeaf + 1) * LEAF_SIZE - size };
}

/** Bytes of a proof that the machine's state contains its output; `openOutput` checks it. */
export function proveOutput(machine: Machine): Uint8Array {
  const length = outputLength(machine);
  const { lastLeaf, rest } = endOf(length);
  const [program, ram, input] = regionRoots(machine.memory);
  const path = memoryPath(machine.memory, OUTPUT_START / LEAF_SIZE + lastLeaf).slice(0, REGION_HEIGHT);
  // What is left of the last leaf is the output itself.
  const beyond = path.map((sibling, level) => ((lastLeaf >>> level) & 1 ? zeroRoot(level) : sibling));
  return joinBytes([
    encodeWords(machine.words),
    hashPair(program, ram),
    input,
    readBytes(machine.memory, OUTPUT_START, LENGTH_SIZE),
    readBytes(machine.memory, OUTPUT_START + LENGTH_SIZE + length, rest),
    encodePath(beyond),
  ]);
}

/**
 * Checks that the state with hash `stateHash` holds `output`, and says how its run ended. Pure: trusts only the hash. Of an
 * output that comes in parts, it holds one at a time.
 * @throws OutputProofWrong if the proof does not show it
 */
export function openOutput(
  stateHash: Uint8Array,
  output: Uint8Array | ByteSource,
  proof: Uint8Array,
): Ending & { outputRoot: Uint8Array } {
  const { words, programAndRam, input, length, rest, beyond } = decodeProof(output.length, proof);
  if (contentLength(new DataView(length.slice().buffer).getBigUint64(0, true)) !== output.length) {
    throw new OutputProofWrong(`The state does not say that its output is ${output.length} bytes long.`);
  }
  const tree = createTreeHasher(REGION_HEIGHT);
  tree.update(length);
  for (const part of sourceOf(output).parts()) tree.update(part);
  tree.update(rest);
  const root = tree.root(beyond);
  if (!sameBytes(hashState(hashPair(programAndRam, hashPair(input, root)), words), stateHash)) {
    throw new OutputProofWrong(
      "Output and proof do not hash to the state: one of the three belongs to something else.",
    );
  }
  return { ...endingOf(words), outputRoot: root };
}

function decodeProof(outputLength: number, proof: Uint8Array) {
  try {
    const reader = readerOf(proof);
    const parts = {
      words: decodeWords(reader),
      programAndRam: reader.take(32),
      input: reader.take(32),
      length: reader.take(LENGTH_SIZE),
      rest: reader.take(endOf(outputLength).rest),
      beyond: decodePath(reader, REGION_HEIGHT),
    };
    if (!reader.done()) throw new EncodingError("Bytes follow its end.");
    return parts;
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    throw new OutputProofWrong(`The proof is not one for ${outputLength} bytes of output. ${error.message}`, {
      cause: error,
    });
  }
}
