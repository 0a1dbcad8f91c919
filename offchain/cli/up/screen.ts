// The terminal as a calm place: lines that stay, and one line at the bottom that tells how far things are.
import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

export type Screen = {
  /** Prints lines that stay. */
  readonly say: (...lines: string[]) => void;
  /** Replaces the line at the bottom; on anything but a terminal it is printed only when `milestone` changes. */
  readonly status: (text: string, milestone: string) => void;
  /** Takes the line at the bottom away. */
  readonly done: () => void;
  /** Colours, where the stream shows them and NO_COLOR is not set. */
  readonly paint: (style: Style, text: string) => string;
};

const CLEAR_LINE = "\r\u001b[2K";

/** A screen on `stream`: standard error, so that standard output stays free for data. */
export function openScreen(stream: NodeJS.WriteStream = process.stderr): Screen {
  const live = stream.isTTY === true;
  let bottom = "";
  let lastMilestone = "";
  const paint = (style: Style, text: string) => styleText(style, text, { stream, validateStream: true });

  return {
    paint,
    say(...lines) {
      if (bottom !== "") stream.write(CLEAR_LINE);
      for (const line of lines) stream.write(`${line}\n`);
      if (bottom !== "") stream.write(bottom);
    },
    status(text, milestone) {
      if (live) {
        bottom = text.slice(0, text.includes("\u001b") ? undefined : stream.columns);
        stream.write(`${CLEAR_LINE}${bottom}`);
      } else if (milestone !== lastMilestone) {
        stream.write(`${text}\n`);
      }
      lastMilestone = milestone;
    },
    done() {
      if (bottom !== "") stream.write(CLEAR_LINE);
      bottom = "";
    },
  };
}

/** A bar of `width` cells. */
export function bar(done: number, total: number, width: number): string {
  const filled = total === 0 ? width : Math.round((width * Math.min(done, total)) / total);
  return "█".repeat(filled) + "░".repeat(width - filled);
}

/** Rows under a header, the first column flush left, the others flush right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("   ");
  return [line(header), widths.map((width) => "─".repeat(width)).join("───"), ...rows.map(line)];
}
