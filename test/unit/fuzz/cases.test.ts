// What `npm run fuzz` has found, each with the right answer. The bytes are in files below `cases/`, unless they are many.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { encode } from "@sonm/protocol/values/codec";
import { minerRole } from "../../../offchain/agents/miner/role.ts";
import { readConfig } from "../../../offchain/host/role/config.ts";
import { verifierRole } from "../../../verifier/role.ts";
import { decoders } from "./decoders.ts";

const inFile = (name: string) => new Uint8Array(readFileSync(new URL(`./cases/${name}`, import.meta.url)));

const refused: [what: string, decoder: string, bytes: () => Uint8Array, why: RegExp][] = [
  ["a large integer for an address", "job", () => inFile("job-bigint-buyer"), /`buyer` is 7$/],
  ["bytes for a hash", "message", () => inFile("message-bytes-image"), /`image` is an object$/],
  ["63 digits for 32 bytes", "job", () => inFile("job-63-digits"), /`image` is "0xfff/],
  ["a date", "messagepack", () => inFile("messagepack-date"), /they hold an extension of type -1$/],
  ["an extension that nobody knows", "messagepack", () => inFile("messagepack-extension"), /an extension of type 5$/],
  ["an address that is no text", "deployment", () => inFile("deployment-object"), /`addresses\.snm` is an object$/],
  ["an address in a list", "deployment", () => inFile("deployment-list"), /`addresses\.snm` is a list$/],
  ["a time beyond all dates", "status", () => inFile("status-time"), /startedAt must be an integer 0 … 8640000000000/],
  ["a status of another shape", "status", () => inFile("status-null"), /the status must be an object, not nothing$/],
  [
    "ten million digits in hexadecimal",
    "manifest",
    () => encode({ kind: "SONM manifest 1", image: `0x${"ab".repeat(5_000_000)}` }),
    /manifest\.image must be 32 bytes in hexadecimal/,
  ],
];
for (const [what, name, bytes, why] of refused)
  test(`S2: ${what} (${name}) is refused in words`, async () => {
    const decoder = decoders.find((one) => one.name === name) ?? assert.fail(`there is no decoder ${name}`);
    await assert.rejects(
      async () => decoder.read(bytes()),
      (error: Error) => {
        assert.ok(
          decoder.refuses.some((one) => error instanceof one),
          error.stack,
        );
        assert.match(error.message, why);
        return true;
      },
    );
  });

test("S2: an option whose value has no text of its own is refused in words", () => {
  const given = (name: string) => ({ file: new URL(`./cases/${name}`, import.meta.url).pathname, flags: {} });
  const [share, withhold] = [given("configuration-share"), given("configuration-withhold")];
  assert.throws(() => readConfig("verifier", verifierRole.options, share), /must be a number 0 … 1, not an object/);
  assert.throws(() => readConfig("miner", minerRole.options, withhold), /must be true or false, not an object/);
});
