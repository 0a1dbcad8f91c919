// An error between threads or processes: it loses its class when it is copied.
import { Failure } from "@sonm/protocol/values/failure";
import { DiskInTheWay } from "../../disk/content-file.ts";
import { NeedsMoreMemory } from "../engine.ts";

export type TaskFailure = {
  readonly name: string;
  readonly what: string;
  readonly why: string;
  readonly todo: string;
  /** whether a disk was in the way, and not what the task was about */
  readonly isOfDisk: boolean;
};

/** What is sent of an error. */
export function packed(task: string, error: unknown): TaskFailure {
  const { what, why, todo } =
    error instanceof Failure ? error : { what: `Task ${task} failed`, why: String(error), todo: "" };
  const isOfDisk = error instanceof DiskInTheWay || (error instanceof Error && "syscall" in error);
  return { name: (error as Error).name, what, why, todo, isOfDisk };
}

/** The error that was sent. @param memory bytes that the task had for its runs */
export function unpacked({ name, what, why, todo, isOfDisk }: TaskFailure, memory: number): Failure {
  if (name === "NeedsMoreMemory") return new NeedsMoreMemory(memory);
  return isOfDisk ? new DiskInTheWay(what, why, todo) : new Failure(what, why, todo);
}
