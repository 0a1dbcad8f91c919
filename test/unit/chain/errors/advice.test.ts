// Advice is the same for every user interface: each has its own words for the command to type or the button to press.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type AdviceId, advice, filled, sentences, stepIds } from "@sonm/chain/errors/advice";
import { refusal } from "@sonm/chain/errors/refusal";
import { todoOf } from "../../../../offchain/cli/advice.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const ids = Object.keys(sentences) as AdviceId[];
/** Values that occur in no sentence by chance. */
const values = (sentence: string) =>
  Object.fromEntries([...sentence.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [name, `<${name}>`]));

test("the protocol's own software names no command of the command line", () => {
  const files = globSync("offchain/{protocol,chain}/**/*.ts", { cwd: root });
  assert.ok(files.length > 50, "no sources found: the test looks in the wrong place");
  const naming = files.filter((file) => /`sonm |\\`sonm/.test(readFileSync(join(root, file), "utf8")));
  assert.deepEqual(naming, []);
  assert.deepEqual(
    ids.filter((id) => /sonm |--\w/.test(sentences[id])),
    [],
  );
});

test("the command line says every step in its own words, with the values that it has", () => {
  assert.ok(stepIds.length > 40);
  for (const id of ids) {
    const neutral = sentences[id];
    const failure = refusal("what", "why", { id, values: values(neutral) });
    assert.equal(failure.todo, filled(neutral, values(neutral)), id);
    assert.doesNotMatch(todoOf(failure), /[{}]/, id);
    const isStep = (stepIds as readonly AdviceId[]).includes(id);
    assert.equal(todoOf(failure) === failure.todo, !isStep, `${id} is a step where the command line differs`);
  }
});

test("a failure without a name for its advice says what it says", () => {
  assert.equal(todoOf({ todo: "try again" }), "try again");
  assert.equal(todoOf({ todo: "try again", advice: { id: "of-another-version" } }), "try again");
});

test("values stand in the place of their names", () => {
  const { todo, advice: named } = refusal("what", "why", advice("queue", { proposal: "0x12" }));
  assert.equal(todo, "queue it: proposal 0x12");
  assert.deepEqual(named, { id: "queue", values: { proposal: "0x12" } });
  assert.equal(todoOf({ todo, advice: named }), "queue it: `sonm dao queue 0x12`");
});

test("a name without a value stays as it is, so that it is seen", () => {
  assert.equal(filled("from {moment} to {end}", { end: "noon" }), "from {moment} to noon");
  assert.equal(filled("from {moment}"), "from {moment}");
});
