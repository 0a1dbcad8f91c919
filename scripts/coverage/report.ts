// What the tests have run, file by file, and what they have not.
import type { Condition } from "./conditions.ts";
import { tagOf } from "./conditions.ts";

/** A line that no test has run, or a condition that was never true or never false. */
export type Hole = {
  readonly file: string;
  /** from 1 */
  readonly line: number;
  /** the line as it is, or the condition */
  readonly text: string;
  readonly missing: "line" | "true" | "false";
};
export type FileCoverage = {
  readonly file: string;
  readonly lines: number;
  readonly linesRun: number;
  /** two for each condition */
  readonly branches: number;
  readonly branchesTaken: number;
  readonly holes: readonly Hole[];
};
/** Executable lines of each file, and whether they have been run, from an lcov tracefile. */
export function readLcov(text: string): Map<string, Map<number, boolean>> {
  const files = new Map<string, Map<number, boolean>>();
  let lines = new Map<number, boolean>();
  for (const record of text.split("\n")) {
    const [kind, rest = ""] = [record.slice(0, record.indexOf(":")), record.slice(record.indexOf(":") + 1)];
    if (kind === "SF") {
      lines = new Map();
      files.set(rest, lines);
    } else if (kind === "DA") {
      const [line, count] = rest.split(",").map(Number);
      lines.set(line ?? 0, (count ?? 0) > 0);
    }
  }
  return files;
}

/**
 * @param number of the file in its conditions' tags
 * @param tags that the counters have sent
 */
export function coverageOf(
  file: string,
  number: number,
  source: string,
  conditions: readonly Condition[],
  lines: ReadonlyMap<number, boolean>,
  tags: ReadonlySet<bigint>,
): FileCoverage {
  const texts = source.split("\n");
  const unrun = [...lines].filter(([, run]) => !run).map(([line]) => line);
  const holes: Hole[] = unrun.map((line) => ({ file, line, text: (texts[line - 1] ?? "").trim(), missing: "line" }));
  for (const [index, { line, text }] of conditions.entries())
    for (const way of [true, false])
      if (!tags.has(tagOf(number, index, way))) holes.push({ file, line, text, missing: `${way}` });
  const branches = 2 * conditions.length;
  return {
    file,
    lines: lines.size,
    linesRun: lines.size - unrun.length,
    branches,
    branchesTaken: branches - (holes.length - unrun.length),
    holes: holes.sort((a, b) => a.line - b.line),
  };
}
