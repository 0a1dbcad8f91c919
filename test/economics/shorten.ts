// Invents sequences while it plays them, and reduces a failing one to the commands that are needed for the failure.

/**
 * Removes commands, first many at once and then one by one, from the last to the first, as long as the rest still fails.
 * @param replay plays a sequence from the beginning; rejects if it fails
 * @returns the remaining commands, and their failure
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

/** Plays the commands that `choose` returns, one after another, until it returns none. */
export type Play<Stage, Command, Result> = (
  choose: (stage: Stage, number: number) => Command | undefined,
) => Promise<Result>;

/**
 * Invents a sequence while it plays it, one command from each seed. If it fails, throws the shortest part of it that fails.
 * @param keptIn the file in which a failing sequence should be kept, named in the error
 */
export async function improvise<Stage, Command, Result>(
  play: Play<Stage, Command, Result>,
  seeds: readonly number[],
  next: (stage: Stage, seed: number, number: number) => Command,
  keptIn: string,
): Promise<void> {
  const told: Command[] = [];
  try {
    await play((stage, number) => {
      const seed = seeds[number];
      if (seed === undefined) return undefined;
      const command = next(stage, seed, number);
      told.push(command);
      return command;
    });
  } catch (error) {
    const { commands, cause } = await shorten(told, (some) => play((_stage, number) => some[number]));
    throw new Error(`to be kept in ${keptIn}:\n${JSON.stringify(commands)}`, { cause: cause ?? error });
  }
}
