// One shape for everything that goes wrong and that a person may have to act upon.

/** A failure that says what happened, why, and what to do about it. `message` is the first two joined. */
export class Failure extends Error {
  readonly what: string;
  readonly why: string;
  readonly todo: string;

  /**
   * @param what what could not be done, without a final stop
   * @param why the cause, with the offending values
   * @param todo what the reader can do now
   */
  constructor(what: string, why: string, todo: string, options?: ErrorOptions) {
    super(`${what}: ${why}`, options);
    this.name = "Failure";
    this.what = what;
    this.why = why;
    this.todo = todo;
  }
}
