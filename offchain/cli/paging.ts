// Lists that are too long for one screen, shown in pages.

import { Failure } from "@sonm/protocol/values/failure";
import type { Command } from "commander";
import { grouped } from "../host/terminal/terminal.ts";

/** At most `limit` entries, without the first `from`. */
export type Page = { readonly from: number; readonly limit: number };

function readCount(option: string): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
    throw new Failure(`${option} ${text} is no number`, "it is a whole number", `write it like ${option} 20`);
  };
}

/** Options `--from` and `--limit`. */
export function takesPage(command: Command, limit: number, most?: number): Command {
  return command
    .option("--from <n>", "how many to leave out at the beginning", readCount("--from"), 0)
    .option(
      "--limit <n>",
      `how many to show${most === undefined ? "" : `, at most ${most}`}`,
      readCount("--limit"),
      limit,
    );
}

/** `1 to 20 of 1,234 hubs; the next: sonm hubs --from 20`. @param command as it is typed, without the page's options */
export function pageNote({ from, limit }: Page, shown: number, count: number, things: string, command: string): string {
  const last = from + shown;
  const range = shown === 0 ? "none" : `${grouped(from + 1)} to ${grouped(last)}`;
  const more = shown > 0 && last < count ? `; the next: ${command} --from ${last} --limit ${limit}` : "";
  return `${range} of ${grouped(count)} ${things}${more}`;
}
