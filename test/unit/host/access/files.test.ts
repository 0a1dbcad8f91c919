import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readDeployment } from "../../../../offchain/host/access/deployment-file.ts";
import { makeFolder, readNamedFile, requireWritable, writeNamedFile } from "../../../../offchain/host/access/files.ts";
import { addressOfKeystore, readPassword } from "../../../../offchain/host/access/keystore.ts";
import { readConfig } from "../../../../offchain/host/role/config.ts";

const folder = mkdtempSync(join(tmpdir(), "sonm-files-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "file");
writeFileSync(file, "kept");
const fileOf5 = join(folder, "five");

/** What is refused, and why. /proc is a folder in which nobody can make anything. */
const unwritable: readonly (readonly [path: string, why: string])[] = [
  [folder, "it is a folder"],
  [join(file, "x"), "a part of its path is a file"],
  [join(folder, "none", "x"), "its folder is not there"],
  ["/proc/x", "nothing can be made in its folder"],
];

for (const [path, why] of unwritable) {
  test(`U12: an output to ${path.replace(folder, "…")} is refused before there is any, and when there is`, async () => {
    await assert.rejects(requireWritable(path), { what: `Cannot write ${path}`, why });
    await assert.rejects(writeNamedFile(path, Uint8Array.of(1)), { what: `Cannot write ${path}`, why });
  });
}

test("U12: to look whether a file could be written changes nothing", async () => {
  await requireWritable(file);
  assert.equal(readFileSync(file, "utf8"), "kept");
  const fresh = join(folder, "fresh");
  await requireWritable(fresh);
  assert.equal(existsSync(fresh), false);
  await requireWritable("/dev/null");
});

test("U12: a full device is told as that", async () => {
  await assert.rejects(writeNamedFile("/dev/full", Uint8Array.of(1)), { why: "there is no room on its disk" });
});

test("U12: a folder is made with those above it, and refused where none can be made or a file is", async () => {
  const made = join(folder, "a", "b");
  await makeFolder(made);
  await makeFolder(made);
  assert.deepEqual(readdirSync(made), []);
  for (const path of [file, join(file, "x", "y")]) {
    await assert.rejects(makeFolder(path), { why: "it is a file, or a part of its path is", todo: "name a folder" });
  }
  for (const path of ["/proc/x", "/proc/x/y"]) {
    await assert.rejects(makeFolder(path), { why: "nothing can be made there", todo: "name another place" });
  }
});

test("U12: - is standard input, to its end, and a file of that name is ./-", async () => {
  const module = new URL("../../../../offchain/host/access/files.ts", import.meta.url);
  const script = `const { readNamedFile } = await import(${JSON.stringify(module.href)});
    process.stdout.write(await readNamedFile("-"));`;
  const input = "x".repeat(200_000);
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { input, encoding: "utf8" });
  assert.equal(stdout, input);
  const named = join(folder, "named");
  mkdirSync(named);
  writeFileSync(join(named, "-"), "a file");
  assert.equal(Buffer.from(await readNamedFile(join(named, "-"))).toString(), "a file");
});

test("U12: a file without an end is refused, and does not fill the memory", async () => {
  await assert.rejects(readNamedFile("/dev/zero", 2 ** 20), {
    what: "Cannot read /dev/zero",
    why: "it has more than 1048576 bytes",
  });
  writeFileSync(fileOf5, "12345");
  assert.equal((await readNamedFile(fileOf5, 5)).length, 5);
  await assert.rejects(readNamedFile(fileOf5, 4), { why: "it has more than 4 bytes" });
});

for (const [what, read] of [
  ["keystore", () => addressOfKeystore("/dev/zero")],
  ["password", () => readPassword("/dev/zero", "Password")],
  ["deployment", async () => readDeployment("/dev/zero")],
  ["configuration", async () => readConfig("miner", {}, { file: "/dev/zero", flags: {} })],
] as const) {
  test(`U12: a ${what} without an end is refused`, async () => {
    await assert.rejects(read, { why: "it has more than 1048576 bytes" });
  });
}
