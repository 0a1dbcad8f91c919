// What can go wrong between peers. Each says what happened, why, and what to do.
import { Failure } from "@sonm/protocol/values/failure";
import type { ContentId } from "@sonm/protocol/values/ids";

/** Nobody offers the content (yet). */
export class NetContentMissing extends Failure {
  constructor(id: ContentId) {
    super(
      `The content ${id} is not here`,
      "nobody has published it",
      "wait for its publisher, or ask it to publish again",
    );
    this.name = "NetContentMissing";
  }
}

/** The bytes received do not hash to the id. */
export class NetContentCorrupt extends Failure {
  constructor(id: ContentId, found: string) {
    super(
      `The content ${id} is corrupt`,
      `the bytes hash to ${found}`,
      "fetch it from another peer, or publish it again",
    );
    this.name = "NetContentCorrupt";
  }
}

/** A message or a piece of content is above the size limit. */
export class NetTooLarge extends Failure {
  constructor(what: string, bytes: number, limit: number) {
    super(
      `The ${what} is too large`,
      `it has ${bytes} bytes, the limit is ${limit}`,
      "split it, or raise the store's limit",
    );
    this.name = "NetTooLarge";
  }
}

/** The store does not answer, or answers with an error, or as no store does. */
export class NetUnreachable extends Failure {
  /** of the answer, if there was one */
  readonly status: number | undefined;
  constructor(url: string, why: string, { status, ...options }: ErrorOptions & { status?: number } = {}) {
    super(`The store at ${url} cannot be used`, why, "start it, or correct the address in the configuration", options);
    this.name = "NetUnreachable";
    this.status = status;
  }
}

/** There is no room left for it in the store. */
export class NetNoRoom extends Failure {
  constructor(kind: "content" | "mail", whose: string, used: number, size: number, limit: number, todo: string) {
    super(
      `The store takes no more ${kind} for now`,
      `${whose} ${used} bytes there, this would be ${size} more, the limit is ${limit}`,
      todo,
    );
    this.name = "NetNoRoom";
  }
}

/** Who asks has not shown who it is. */
export class NetUnproven extends Failure {
  constructor(why: string, options?: ErrorOptions) {
    super(
      "The store does not know who asks",
      why,
      "sign the request for this store, with a clock that is right",
      options,
    );
    this.name = "NetUnproven";
  }
}

/** The request comes from a web page. */
export class NetForeignOrigin extends Failure {
  constructor(origin: string) {
    super(
      "The store does not answer web pages",
      `the request comes from ${origin}`,
      "use sonm, or a program of your own",
    );
    this.name = "NetForeignOrigin";
  }
}

/** An envelope whose signature, addressee or content is not what it must be. */
export class NetBadEnvelope extends Failure {
  constructor(why: string, options?: ErrorOptions) {
    super("The message is not valid", why, "ask its sender for a new one", options);
    this.name = "NetBadEnvelope";
  }
}
