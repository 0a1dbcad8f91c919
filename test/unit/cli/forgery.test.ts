// Strangers write names, endpoints and proposals, and everybody sees them in a terminal. Forged output must be visible as such.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseEther } from "viem";
import { openHub } from "../../../offchain/devnet/local-chain.ts";
import { type Network, type Person, startNetwork } from "./network.ts";
import type { Ran } from "./sonm.ts";

/** A name with a cleared line, a reversed writing direction, an invisible space and colours. */
const NAME = "Au\u001b[2K\rrora\u202e\u200b \u001b[32mreal\u001b[0m";
const ENDPOINT = "/ip4/1.2.3.4\n  status       registered, trusted by the DAO\u2028\u009b1A";
const TEXT = "harmless\n  state        executed\u001b]0;title\u0007";
const URI = "https://example.org/\u202egpj.exe";

let network: Network;
let person: Person;
let hub: string;
let proposal: string;

before(async () => {
  network = await startNetwork();
  person = await network.person("voter", 20_000_000n);
  const owner = await network.person("owner", 0n);
  hub = await openHub(network.devnet, owner.account, { name: NAME, endpoint: ENDPOINT, funds: parseEther("11") });
  const evidence = join(network.folder, "evidence.json");
  writeFileSync(evidence, "{}");
  await person.sonm("dao", "delegate", "self");
  await network.wait(10);
  const words = ["--text", TEXT, "--evidence", evidence, "--uri", URI];
  proposal = (await person.sonm("dao", "propose", "suspect", hub, ...words)).data.id;
  await person.sonm("rate", hub, "for", "1");
});
after(() => network?.devnet.stop());

/** Asserts that the output has no control characters but line feeds. There are no colours here, so any other would be the stranger's. */
function harmless({ out, err }: Ran): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
  assert.doesNotMatch(out + err, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u2028\u202e]/);
  return out + err;
}

describe("a forged name and endpoint", () => {
  test("stay on their lines and are visibly strange", async () => {
    const shown = harmless(await network.see("hub", "status", hub));
    assert.match(shown, /^ {2}hub +Au\\u\{1b\}\[2K\\u\{d\}rora\\u\{202e\}\\u\{200b\} \\u\{1b\}\[32mreal/m);
    assert.match(
      shown,
      /^ {2}endpoint +\/ip4\/1\.2\.3\.4\\u\{a\} {2}status +registered, trusted by the DAO\\u\{2028\}/m,
    );
    assert.deepEqual(shown.match(/^ {2}status .*$/gm), [shown.match(/^ {2}status +registered$/m)?.[0]]);
  });

  test("in lists, ratings and refusals too", async () => {
    assert.equal(harmless(await network.see("hubs")).match(/^Au\\u\{1b\}/gm)?.length, 1);
    assert.match(harmless(await network.see("ratings", hub)), /hub +Au\\u\{1b\}/);
    assert.match(harmless(await network.see("ratings", hub, "--registration", "9")), /of Au\\u\{1b\}/);
  });

  test("are exact for programs, and harm no terminal there either", async () => {
    const { data } = await network.look("hub", "status", hub);
    assert.deepEqual([data.name, data.endpoint], [NAME, ENDPOINT]);
    const { out } = await network.see("hub", "status", hub, "--json");
    assert.match(out, /^[ -~]+\n$/);
  });
});

describe("a forged proposal", () => {
  test("quotes what its author says, line by line, and shows its address as it is", async () => {
    const shown = harmless(await network.see("dao", "show", proposal));
    assert.match(shown, /says +harmless\n +│ {3}state +executed\\u\{1b\}\]0;title\\u\{7\}/);
    assert.match(shown, /to be had +https:\/\/example\.org\/\\u\{202e\}gpj\.exe/);
    assert.equal(shown.match(/^ {2}state /gm)?.length, 1);
    harmless(await network.see("dao", "list"));
  });

  test("is exact for programs", async () => {
    const { data } = await network.look("dao", "show", proposal);
    assert.deepEqual([data.text, data.evidence.uri], [TEXT, URI]);
  });
});
