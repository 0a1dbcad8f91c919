// The right name for a wrong one, as a reader would guess it.

/** Letters to insert, delete or replace until `a` is `b` (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The letters and digits alone: `poll_ms`, `--poll-ms` and `pollMs` are the same name. */
function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** The one of `names` that `given` most likely means; undefined if none is near. A name that is cut off is near too. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  // A longer one is nobody's slip, and would take long.
  if (given.length > 100) return undefined;
  const wanted = bare(given);
  const ranked = names
    .map((name) => {
      const whole = bare(name);
      return { name, far: Math.min(distance(wanted, whole), 1 + distance(wanted, whole.slice(0, wanted.length + 1))) };
    })
    .toSorted((one, other) => one.far - other.far);
  const [best] = ranked;
  return best !== undefined && best.far <= 1 + wanted.length / 3 ? best.name : undefined;
}
