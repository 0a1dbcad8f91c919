// What of a sequence that fails is needed for it to fail.

/**
 * Leaves out commands, many at once and then one by one, from the last to the first, as long as the rest still fails.
 * @param replay plays a sequence from the beginning; rejects if it fails
 * @returns what is left, and how it fails
 */
export async function shorten<Command>(
  told: readonly Command[],
  replay: (commands: readonly Command[]) => Promise<unknown>,
): Promise<{ readonly commands: readonly Command[]; readonly cause: unknown }> {
  const failure = (commands: readonly Command[]) =>
    replay(commands).then(
      () => undefined,
      (error: unknown) => error,
    );
  let commands = told;
  let cause = await failure(told);
  for (const length of [16, 4, 1])
    for (let end = commands.length; end > 0; end -= length) {
      const from = Math.max(0, end - length);
      const fewer = commands.toSpliced(from, end - from);
      const error = await failure(fewer);
      if (error) [commands, cause] = [fewer, error];
    }
  return { commands, cause };
}
