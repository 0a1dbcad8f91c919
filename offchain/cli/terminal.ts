// What people see. Data goes to stdout and everything else to stderr; colours only where a terminal shows them and NO_COLOR is not set.
import { styleText } from "node:util";
import type { Failure } from "../core/failure.ts";

export type Style = Parameters<typeof styleText>[0];

/** Where a verb talks to people. */
export type Terminal = {
  readonly paint: (style: Style, text: string) => string;
  /** One line that shows how far things are and then goes away; nothing on anything but a terminal. */
  readonly progress: (text: string) => void;
  /** The width that lines may have. */
  readonly columns: number;
};

const CLEAR_LINE = "\r\u001b[2K";
const USUAL_COLUMNS = 100;

export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream, validateStream: true });
}

/** A terminal whose lines go to `stream`. */
export function openTerminal(stream: NodeJS.WriteStream): Terminal {
  return {
    paint: (style, text) => paint(style, text, stream),
    progress(text) {
      if (process.stderr.isTTY) process.stderr.write(`${CLEAR_LINE}${text.slice(0, process.stderr.columns - 1)}`);
    },
    columns: stream.columns ?? USUAL_COLUMNS,
  };
}

/** Names and values, flush. */
export function fields(terminal: Terminal, rows: readonly (readonly [name: string, value: string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${terminal.paint("dim", name.padEnd(width))}   ${value}`);
}

/** Bytes as 0x…, as hashes are written. */
export function hexOf(bytes: Uint8Array): `0x${string}` {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}

/** 1234567 → 1,234,567 */
export function grouped(value: number | bigint): string {
  return value.toLocaleString("en-US");
}

/** What, why, what to do: to people, and with `json` also as an object on stdout. */
export function printFailure({ what, why, todo }: Failure, json: boolean): void {
  const indented = why.replaceAll("\n", "\n  ");
  process.stderr.write(`\n${paint(["bold", "red"], "✗", process.stderr)} ${what}\n  ${indented}\n  → ${todo}\n\n`);
  if (json) process.stdout.write(`${JSON.stringify({ ok: false, error: { what, why, todo } })}\n`);
}
