// Edge cases of steps: the result of each is written by hand, and both machines must agree with it.
import assert from "node:assert/strict";
import { before, suite, test } from "node:test";
import { HALT, PC, STEP, WORD_COUNT } from "@sonm/protocol/machine/layout";
import type { Machine } from "@sonm/protocol/machine/machine";
import { readBytes } from "@sonm/protocol/machine/memory";
import { witnessOf } from "@sonm/protocol/machine/witness";
import { bytesToHex } from "viem";
import { word } from "../../unit/protocol/machine/assemble.ts";
import { type ChainMachine, openChainMachine } from "./chain.ts";
import { A, type Edge, ONES, START, STEP_BEFORE, type Words } from "./edges.ts";
import { controlEdges } from "./edges-of-control.ts";
import { csrEdges } from "./edges-of-csrs.ts";
import { memoryEdges } from "./edges-of-memory.ts";
import { registerEdges } from "./edges-of-registers.ts";
import { instructionBytes, machineIn } from "./states.ts";

/** The words that an edge case must result in. */
function expectedWords({ words = {}, at = START, after = {} }: Edge): BigUint64Array {
  const expected = new BigUint64Array(WORD_COUNT);
  const count = { [STEP]: (words[STEP] ?? STEP_BEFORE) + 1n, [PC]: BigInt((at + 4) >>> 0) };
  for (const [place, value] of Object.entries({ ...words, ...count, ...after })) expected[Number(place)] = value;
  return expected;
}

function machineAt({ at = START, instruction, words = {}, memory = {} }: Edge): Machine {
  const code = { address: at - (at % 4), bytes: instructionBytes(instruction) };
  const pieces = Object.entries(memory).map(([address, hex]) => ({
    address: Number(address),
    bytes: new Uint8Array(Buffer.from(hex, "hex")),
  }));
  const places: Words = { [PC]: BigInt(at), [STEP]: STEP_BEFORE, ...words };
  return machineIn({
    words: new Map(Object.entries(places).map(([place, value]) => [Number(place), value])),
    memory: [...pieces, code],
  });
}

suite("Steps at the edges", () => {
  let chain: ChainMachine;
  before(async () => {
    chain = await openChainMachine();
  });

  for (const [topic, edges] of Object.entries({
    "instructions on registers": registerEdges,
    "loads and stores": memoryEdges,
    "jumps, branches and traps": controlEdges,
    "control and status registers": csrEdges,
  })) {
    test(`${topic}: ${edges.length}`, async () => {
      const machines = edges.map(machineAt);
      const outcomes = await chain.steps(
        machines.map((machine) => ({ state: machine.stateHash(), witness: witnessOf(machine) })),
      );
      for (const [i, edge] of edges.entries()) {
        const machine = machines[i] as Machine;
        machine.advance(1);
        assert.deepEqual(machine.words, expectedWords(edge), edge.name);
        for (const [address, hex] of Object.entries(edge.memoryAfter ?? {})) {
          const bytes = readBytes(machine.memory, Number(address), hex.length / 2);
          assert.equal(Buffer.from(bytes).toString("hex"), hex, edge.name);
        }
        assert.equal(outcomes[i]?.next, bytesToHex(machine.stateHash()), `on chain: ${edge.name}`);
      }
    });
  }

  test("a halted machine stays as it is, whatever stands at its pc", async () => {
    for (const halt of [1n, 12n, ONES]) {
      for (const at of [START, START + 1, 0xffff_fffc]) {
        const machine = machineAt({ name: "", at, instruction: word("sd", { rs1: A }), words: { [HALT]: halt } });
        const [state, witness] = [machine.stateHash(), witnessOf(machine)];
        const [outcome] = await chain.steps([{ state, witness }]);
        assert.equal(outcome?.next, bytesToHex(state));
        assert.equal(machine.advance(1), 0);
        assert.deepEqual(machine.stateHash(), state);
      }
    }
  });
});
