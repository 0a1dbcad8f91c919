// `sonm store start` as people run it: a process that serves until a signal.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { privateKeyToAccount } from "viem/accounts";
import { isLoopback } from "../../../offchain/cli/role/store.ts";
import { createHttpPeer } from "../../../offchain/host/net/http-peer.ts";
import { folderForTest, ownEnvironment, sonm, sonmCommand } from "./sonm.ts";

const folder = folderForTest();
const started: ChildProcess[] = [];
after(() => {
  for (const child of started) child.kill("SIGKILL");
});

/** Starts a store, and waits for its first line on stdout. */
async function startStore(...args: string[]) {
  const [program, ...before] = sonmCommand;
  const env = { ...ownEnvironment(), XDG_DATA_HOME: join(folder, "xdg") };
  const child = spawn(program, [...before, "store", "start", "--port", "0", ...args], { env });
  started.push(child);
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const [line] = await Promise.race([once(child.stdout, "data"), once(child, "exit").then(() => [Buffer.from(err)])]);
  return { child, out: String(line), err: () => err };
}

async function stop(child: ChildProcess): Promise<number | null> {
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  return code;
}

test("serves until a signal, says where, and keeps its data in the XDG folder", { timeout: 60_000 }, async () => {
  const { child, out, err } = await startStore();
  const [, url, data] = /^The store is at (http:\/\/127\.0\.0\.1:\d+), and keeps its data in (\S+)\n$/.exec(out) ?? [];
  assert.ok(url && data, out);
  assert.equal(data, join(folder, "xdg", "sonm", "store"));
  assert.match(await (await fetch(`${url}/newest`)).text(), /^\d+$/);
  assert.ok(existsSync(data));
  assert.equal(await stop(child), 0);
  assert.equal(err(), "");
});

test("with --json it is an object, and what it keeps outlives it", { timeout: 60_000 }, async () => {
  const data = join(folder, "kept");
  const first = await startStore("--data", data, "--json");
  const { ok, url } = JSON.parse(first.out);
  assert.equal(ok, true);
  const account = privateKeyToAccount(`0x${"01".repeat(32)}`);
  const id = await createHttpPeer({ url, account }).publish(new TextEncoder().encode("hello"));
  assert.equal(await stop(first.child), 0);
  const second = await startStore("--data", data, "--json");
  assert.equal(await (await fetch(`${JSON.parse(second.out).url}/content/${id}`)).text(), "hello");
  assert.equal(await stop(second.child), 0);
});

test("warns where others than this computer can reach it", { timeout: 60_000 }, async () => {
  const { child, err } = await startStore("--data", join(folder, "open"), "--host", "0.0.0.0");
  assert.match(
    err(),
    /Everybody who can reach 0\.0\.0\.0 can read all content and, with keys made for it, fill the space/,
  );
  assert.equal(await stop(child), 0);
  for (const host of ["127.0.0.1", "127.1.2.3", "::1", "localhost"]) assert.ok(isLoopback(host), host);
  for (const host of ["0.0.0.0", "::", "192.168.1.2", "127.example.com"]) assert.ok(!isLoopback(host), host);
});

test("says so if its port is taken, or is none", { timeout: 60_000 }, async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const { code, err } = sonm(["store", "start", "--port", String(port), "--data", join(folder, "late")]);
  assert.equal(code, 1);
  assert.match(
    err,
    new RegExp(`✗ The store cannot listen on 127\\.0\\.0\\.1, port ${port}\n {2}another program listens`),
  );
  assert.match(err, /→ stop it, or choose another port/);
  other.close();
  const wrong = sonm(["store", "start", "--port", "70000"]);
  assert.match(wrong.err, /--port 70000 is no port/);
  assert.equal(wrong.code, 1);
});

test("S9: its bounds are options, and what they say holds", { timeout: 60_000 }, async () => {
  const { child, out } = await startStore(
    "--data",
    join(folder, "small"),
    "--json",
    "--quota",
    "0.001",
    "--keep",
    "0.5",
  );
  const { url } = JSON.parse(out);
  const peer = createHttpPeer({ url, account: privateKeyToAccount(`0x${"01".repeat(32)}`) });
  await peer.publish(new Uint8Array(1000));
  await assert.rejects(peer.publish(new Uint8Array(1_100_000)), /this would be \d+ more, the limit is 1073741/);
  assert.equal(await stop(child), 0);
  const { out: help } = sonm(["store", "start", "--help"]);
  for (const said of [
    /--space <GiB> .*\(default: "32"\)/,
    /--quota <GiB> .*\(default: "4"\)/,
    /--keep <days>/,
    /--connections <number>/,
  ]) {
    assert.match(help, said);
  }
  for (const [option, value] of [
    ["--space", "0"],
    ["--quota", "4 GiB"],
    ["--keep", "-1"],
    ["--connections", "1e9"],
  ] as const) {
    const { code, err } = sonm(["store", "start", `${option}=${value}`]);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`${option} ${value} is not possible`));
  }
});
