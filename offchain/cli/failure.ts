// How the command reports a failure.
import type { Failure } from "@sonm/protocol/values/failure";
import { plain, quoted } from "@sonm/protocol/values/plain";
import { paint, toJson, writeLines } from "../host/terminal/terminal.ts";
import { failureData, todoOf } from "./advice.ts";

/** Prints what happened, why, and what to do: for people, and with `json` also as an object on stdout. */
export function printFailure(failure: Failure, json: boolean): void {
  const { what, why } = failure;
  const mark = paint(["bold", "red"], "✗", process.stderr);
  const lines = [
    "",
    `${mark} ${plain(what)}`,
    ...quoted(why).map((line) => `  ${line}`),
    `  → ${plain(todoOf(failure))}`,
    "",
  ];
  writeLines(process.stderr, lines);
  if (json) process.stdout.write(`${toJson({ ok: false, error: failureData(failure) })}\n`);
}
