// One shape for everything that goes wrong and that a person may have to react to.

/** What to do as a name, so that each surface can say it in its own words: a command line with commands, a page with buttons. */
export type Advice = {
  readonly id: string;
  /** what the words are about, as people read it: amounts with their unit, dates */
  readonly values?: Readonly<Record<string, string>> | undefined;
};

/** What else a failure can carry: its cause, the unix time from which the same can succeed, and `todo` by name. */
export type FailureOptions = ErrorOptions & {
  readonly possibleFrom?: number | undefined;
  readonly advice?: Advice | undefined;
};

/** A failure that says what happened, why, and what to do about it. `message` is the first two joined. */
export class Failure extends Error {
  readonly what: string;
  readonly why: string;
  readonly todo: string;
  /** unix time (of the chain) from which the same can succeed, if only time is in the way */
  readonly possibleFrom: number | undefined;
  /** `todo` by its name, if it has one */
  readonly advice: Advice | undefined;

  /**
   * @param what the thing that could not be done, without a full stop at the end
   * @param why the cause, with the offending values
   * @param todo what the reader can do now
   */
  constructor(what: string, why: string, todo: string, options: FailureOptions = {}) {
    const { possibleFrom, advice, ...rest } = options;
    super(`${what}: ${why}`, rest);
    this.name = "Failure";
    this.what = what;
    this.why = why;
    this.todo = todo;
    this.possibleFrom = possibleFrom;
    this.advice = advice;
  }
}
