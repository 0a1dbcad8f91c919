// How fast the off-chain machine runs and hashes.
import { readFileSync } from "node:fs";
import { loadElf } from "@sonm/protocol/machine/elf";
import { createMachine } from "@sonm/protocol/machine/machine";
import { store64 } from "@sonm/protocol/machine/memory";
import { gallery } from "../../offchain/devnet/programs/gallery.ts";
import { renderInput } from "../../offchain/devnet/programs/render.ts";
import { type Bench, type Figure, figure } from "./figure.ts";

const PAGE = 4096;
const RAM = 0x4000_0000;
const MEGABYTES = 64;

/** Median of the seconds that five runs take. */
function seconds(run: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    run();
    return (performance.now() - start) / 1000;
  });
  return times.sort((a, b) => a - b)[2] as number;
}

function guest(name: string) {
  return loadElf(readFileSync(new URL(`../../guest/bin/${name}`, import.meta.url)));
}

/** Instructions a second of one render tile, warm. */
function interpreterSpeed(): Figure {
  const program = guest("render");
  const input = renderInput(gallery, { width: 256, height: 144 }, { x: 96, y: 72, width: 32, height: 18 });
  let steps = 0;
  const time = seconds(() => {
    const machine = createMachine(program, input);
    steps = machine.advance(8 ** 8);
  });
  return figure("interpreter speed", steps / time, {
    unit: "instructions/s",
    target: 20_000_000,
    better: "higher",
    reference: "asterisc's fast interpreter ~20M",
  });
}

/** A machine whose 64 MiB of memory are all in use. */
function filled() {
  const machine = createMachine({ entry: 0, segments: [] }, new Uint8Array());
  for (let at = 0; at < MEGABYTES * 2 ** 20; at += 8) {
    store64(machine.memory, RAM + at, BigInt(at) * 0x9e37_79b9_7f4a_7c15n);
  }
  return machine;
}

function hashFromScratch(): Figure {
  const times: number[] = [];
  for (let run = 0; run < 3; run++) {
    const machine = filled();
    const start = performance.now();
    machine.stateHash();
    times.push(performance.now() - start);
  }
  return figure(`state hash from scratch, ${MEGABYTES} MiB`, times.sort((a, b) => a - b)[1] as number, {
    unit: "ms",
    target: 1500,
    better: "lower",
    reference: "450 ms in wasm SIMD, ~10,000 ms in plain JS",
  });
}

function hashAfterDirtyPages(): Figure {
  const machine = filled();
  machine.stateHash();
  let value = 1n;
  const time = seconds(() => {
    for (let page = 0; page < 100; page++) {
      store64(machine.memory, RAM + page * 160 * PAGE, value++);
    }
    machine.stateHash();
  });
  return figure("state hash after 100 dirty pages of 64 MiB", time * 1000, {
    unit: "ms",
    target: 10,
    better: "lower",
    reference: "3 ms in wasm SIMD",
  });
}

const measures: Readonly<Record<string, () => Figure>> = {
  "interpreter speed": interpreterSpeed,
  "state hash from scratch": hashFromScratch,
  "state hash after 100 dirty pages": hashAfterDirtyPages,
};

export const machineBenches: readonly Bench[] = [
  {
    name: "machine",
    about: "The machine off chain",
    measure: async (wanted) =>
      Object.entries(measures)
        .filter(([name]) => wanted(name))
        .map(([, measure]) => measure()),
  },
];
