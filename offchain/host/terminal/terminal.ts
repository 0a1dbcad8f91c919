// What people see. Data goes to stdout and everything else to stderr; colours only where a terminal shows them and NO_COLOR is not set.
import { stripVTControlCharacters, styleText } from "node:util";
import { plain, plainJson } from "@sonm/protocol/values/plain";

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Output for people: lines that stay, and one line at the bottom that shows the progress. */
export type Terminal = {
  /** Colours, where the stream shows them. */
  readonly paint: Paint;
  /** Prints lines that stay. */
  readonly say: (...lines: string[]) => void;
  /** Replaces the line at the bottom; on anything but a terminal it is printed only when `milestone` changes. */
  readonly status: (text: string, milestone?: string) => void;
  /** Removes the line at the bottom. */
  readonly done: () => void;
  /** The width that lines may have. */
  readonly columns: number;
};

const CLEAR_LINE = "\r\u001b[2K";
const USUAL_COLUMNS = 100;

/** Our own colours, as `styleText` writes them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how they begin
const COLOUR = /(\u001b\[[\d;]*m)/;

/** Makes a line safe to print: whatever text it contains, it stays one line, and the terminal obeys only our colours. */
function border(line: string): string {
  return line
    .split(COLOUR)
    .map((part, i) => (i % 2 === 1 ? part : plain(part)))
    .join("");
}

/** Writes lines for people. Every line passes here. */
export function writeLines(stream: NodeJS.WriteStream, lines: readonly string[]): void {
  if (lines.length === 0) return;
  stream.write(`${lines.map(border).join("\n")}\n`);
}

export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream, validateStream: true });
}

/** A terminal whose lines go to `stream`; the one at the bottom always goes to stderr. */
export function openTerminal(stream: NodeJS.WriteStream): Terminal {
  const { stderr } = process;
  const live = stderr.isTTY === true;
  let bottom = "";
  let lastMilestone = "";
  return {
    paint: (style, text) => paint(style, text, stream),
    say(...lines) {
      if (bottom !== "") stderr.write(CLEAR_LINE);
      writeLines(stream, lines);
      if (bottom !== "") stderr.write(bottom);
    },
    status(text, milestone = "") {
      if (live) {
        bottom = text.slice(0, text.includes("\u001b") ? undefined : stderr.columns - 1);
        stderr.write(`${CLEAR_LINE}${bottom}`);
      } else if (milestone !== lastMilestone) {
        stderr.write(`${text}\n`);
      }
      lastMilestone = milestone;
    },
    done() {
      if (bottom !== "") stderr.write(CLEAR_LINE);
      bottom = "";
    },
    columns: stream.columns ?? USUAL_COLUMNS,
  };
}

/** Names and values in two aligned columns. */
export function fields(terminal: Terminal, rows: readonly (readonly [name: string, value: string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${terminal.paint("dim", name.padEnd(width))}   ${value}`);
}

/** Rows under a header, the first `left` columns flush left, the others flush right. Cells may be coloured. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], left = 1): string[] {
  const lengthOf = (cell: string | undefined) => stripVTControlCharacters(cell ?? "").length;
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => lengthOf(row[column]))));
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, column) => {
      const gap = " ".repeat((widths[column] ?? 0) - lengthOf(cell));
      return column < left ? cell + gap : gap + cell;
    });
    return padded.join("   ").trimEnd();
  };
  return [line(header), widths.map((width) => "─".repeat(width)).join("───"), ...rows.map(line)];
}

/** A bar of `width` cells. */
export function bar(done: number, total: number, width: number): string {
  const filled = total === 0 ? width : Math.round((width * Math.min(done, total)) / total);
  return "█".repeat(filled) + "░".repeat(width - filled);
}

/** Bytes as 0x…, as hashes are written. */
export function hexOf(bytes: Uint8Array): `0x${string}` {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}

/** 1234567 → 1,234,567 */
export function grouped(value: number | bigint): string {
  return value.toLocaleString("en-US");
}

/** JSON for programs. Amounts are decimal strings of wei, because a JSON number cannot hold them. */
export function toJson(data: unknown): string {
  return plainJson(JSON.stringify(data, (_, value) => (typeof value === "bigint" ? String(value) : value)));
}
