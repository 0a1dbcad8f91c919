// Each error between peers has its own name, and says what happened, why, and what to do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sonm/protocol/values/failure";
import type { ContentId } from "@sonm/protocol/values/ids";
import {
  NetBadEnvelope,
  NetContentCorrupt,
  NetContentMissing,
  NetForeignOrigin,
  NetNoRoom,
  NetTooLarge,
  NetUnproven,
  NetUnreachable,
} from "../../../../offchain/host/net/errors.ts";

const id = `0x${"12".repeat(32)}` as ContentId;
const cause = new Error("the cause");

const cases: [error: Failure, name: string, what: string, why: string, todo: RegExp][] = [
  [new NetContentMissing(id), "NetContentMissing", `The content ${id} is not here`, "nobody has published it", /wait/],
  [
    new NetContentCorrupt(id, "0x99"),
    "NetContentCorrupt",
    `The content ${id} is corrupt`,
    "the bytes hash to 0x99",
    /another peer/,
  ],
  [
    new NetTooLarge("letter", 1001, 1000),
    "NetTooLarge",
    "The letter is too large",
    "it has 1001 bytes, the limit is 1000",
    /split it/,
  ],
  [
    new NetNoRoom("mail", "0x12 has", 7, 2, 8, "wait"),
    "NetNoRoom",
    "The store takes no more mail for now",
    "0x12 has 7 bytes there, this would be 2 more, the limit is 8",
    /wait/,
  ],
  [
    new NetForeignOrigin("https://example.com"),
    "NetForeignOrigin",
    "The store does not answer web pages",
    "the request comes from https://example.com",
    /use sonm/,
  ],
  [
    new NetUnreachable("http://store", "it sleeps", { cause }),
    "NetUnreachable",
    "The store at http://store cannot be used",
    "it sleeps",
    /start it/,
  ],
  [
    new NetUnproven("it is not signed", { cause }),
    "NetUnproven",
    "The store does not know who asks",
    "it is not signed",
    /sign the request/,
  ],
  [new NetBadEnvelope("it is empty", { cause }), "NetBadEnvelope", "The message is not valid", "it is empty", /sender/],
];

for (const [error, name, what, why, todo] of cases) {
  test(`${name} says what, why and what to do`, () => {
    assert.ok(error instanceof Failure);
    assert.deepEqual([error.name, error.what, error.why], [name, what, why]);
    assert.match(error.todo, todo);
  });
}

test("an error keeps its cause", () => {
  for (const [error] of cases.slice(5)) assert.equal(error.cause, cause);
});
