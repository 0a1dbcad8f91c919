// What `@sonm/protocol/machine` is for others: enough to load a program, run it and read what it has done. It only names things of
// this folder, because a program that runs the machine should not have to know which of its files holds what.
// biome-ignore-all lint/performance/noBarrelFile: the package's public face
export { ElfRefused, loadElf, type ProgramImage } from "./elf.ts";
export { type Ending, endingOf, haltWords } from "./ending.ts";
export { type Fault, faultOf, faultWords } from "./fault.ts";
export {
  createMachine,
  emptyMachine,
  InputTooLong,
  inputRoot,
  type Machine,
  outputOf,
  programRoot,
  type Snapshot,
} from "./machine.ts";
export { symbolAt } from "./symbols.ts";
