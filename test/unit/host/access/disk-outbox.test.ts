// What an account has sent, on disk: kept through kills, shared between processes, and told in words where it cannot be written.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { after, before, describe, it, test } from "node:test";
import { connect, type Reader } from "@sonm/chain/clients";
import type { Outgoing } from "@sonm/chain/outbox";
import { localSigner } from "@sonm/chain/signer";
import { encode } from "@sonm/protocol/values/codec";
import type { Failure } from "@sonm/protocol/values/failure";
import { createTestClient, type Hex, http, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { type Anvil, startAnvil } from "../../../../offchain/devnet/anvil.ts";
import { openOutbox } from "../../../../offchain/host/access/disk-outbox.ts";
import { onSmallDisk } from "../../../support/small-disk.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-outbox-"));
after(() => rmSync(directory, { recursive: true }));
const hash = (digit: number): Hex => `0x${String(digit).repeat(64)}`;
const outgoing = (nonce: number, at = 1000): Outgoing => ({
  nonce,
  transaction: { to: `0x${"ab".repeat(20)}`, data: "0x1234", gas: 50_000n, call: "greet" },
  attempts: [
    { hash: hash(1), raw: "0x01", fees: { gasPrice: 7n }, at: 5, block: 1, cancels: false },
    {
      hash: hash(2),
      raw: "0x02",
      fees: { maxFeePerGas: 9n, maxPriorityFeePerGas: 1n },
      at,
      block: 2,
      cancels: true,
    },
  ],
});

test("U7: what was sent is read back as it was written, in its order, also by others", () => {
  const path = join(directory, "new", "kept.sqlite");
  const outbox = openOutbox(path, "miner");
  for (const nonce of [7, 3, 5]) outbox.put(outgoing(nonce));
  outbox.put(outgoing(5, 2000));
  const other = openOutbox(path, "hub");
  assert.deepEqual(other.from(4), [outgoing(5, 2000), outgoing(7)]);
  assert.deepEqual(other.get(3), outgoing(3));
  other.delete(3);
  assert.equal(outbox.get(3), undefined);
  outbox.dropBefore(7, 2000);
  assert.deepEqual(outbox.from(0), [outgoing(5, 2000), outgoing(7)], "only older ones are dropped");
  outbox.dropBefore(7, 2001);
  assert.deepEqual(outbox.from(0), [outgoing(7)], "only lower ones are dropped");
  outbox.close();
  other.close();
});

test("two do not number at once, and who waits too long is told who sends", async () => {
  const path = join(directory, "turns.sqlite");
  const [one, other] = [openOutbox(path, "miner"), openOutbox(path, "a command", 50)];
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = one.alone(async () => {
    log.push("first begins");
    await gate.promise;
    log.push("first ends");
  });
  await assert.rejects(
    other.alone(async () => void log.push("never")),
    (failure: Failure) => failure.why.startsWith(`process ${process.pid} (miner) is sending with the same key`),
  );
  gate.resolve();
  await first;
  await assert.rejects(
    other.alone(() => Promise.reject(new Error("no"))),
    /no/,
  );
  await other.alone(async () => void log.push("second"));
  assert.deepEqual(log, ["first begins", "first ends", "second"]);
  one.close();
  other.close();
});

test("disk full: nothing that was written is lost, it is told in words, and goes on when there is room", (t) => {
  const module = new URL("../../../../offchain/host/access/disk-outbox.ts", import.meta.url);
  const said = onSmallDisk(
    join(directory, "disk"),
    `
    import { rmSync, writeFileSync } from "node:fs";
    const { openOutbox } = await import(${JSON.stringify(module.href)});
    const outbox = openOutbox("list.sqlite", "miner");
    const attempt = { hash: "0x" + "34".repeat(32), raw: "0x", fees: { gasPrice: 1n }, at: 1, block: 1, cancels: false };
    const transaction = { to: "0x" + "56".repeat(20), data: "0x" + "12".repeat(2000), gas: 1n, call: "greet" };
    const outgoing = (nonce) => ({ nonce, transaction, attempts: [attempt] });
    outbox.put(outgoing(0));
    writeFileSync("ballast", Buffer.alloc(150_000));
    let told;
    let last = 0;
    try { for (let nonce = 1; nonce < 1000; nonce++) { outbox.put(outgoing(nonce)); last = nonce; } } catch (error) { told = [error.what, error.why, error.todo]; }
    const turn = await outbox.alone(async () => "in turn");
    const kept = outbox.from(0).length === last + 1;
    rmSync("ballast");
    outbox.put(outgoing(last + 1));
    console.log(JSON.stringify({ told, turn, kept, after: outbox.from(0).length === last + 2 }));`,
  );
  if (said === undefined) return t.skip("no small disk can be mounted here");
  const { told, ...rest } = JSON.parse(said);
  assert.match(told[0], /^The list of transactions list\.sqlite cannot be written$/);
  assert.match(told[1], /^the disk is full/);
  assert.match(told[2], /^make room/);
  assert.deepEqual(rest, { turn: "in turn", kept: true, after: true });
});

test("S2: an entry that is none of a transaction is refused, with the way out", () => {
  const path = join(directory, "foreign.sqlite");
  openOutbox(path, "miner").close();
  const database = new DatabaseSync(path);
  database.prepare("insert into outgoing values (7, 1, ?)").run(encode({ nonce: 7, attempts: [] }));
  database.close();
  const outbox = openOutbox(path, "miner");
  assert.throws(() => outbox.from(0), {
    what: `The list of transactions ${path} cannot be read`,
    why: "it is damaged, or another kind of file (the entry.transaction must be an object, not undefined)",
  });
  outbox.close();
});

test("a file of another kind is refused, with the way out", () => {
  const path = join(directory, "damaged.sqlite");
  writeFileSync(path, "this is no database, although it is as long as one would be".repeat(100));
  assert.throws(() => openOutbox(path, "miner"), /The list of transactions .* cannot be opened: it is damaged/);
});

describe("U7: signers of one key", { timeout: 120_000 }, () => {
  const key: Hex = `0x${"17".repeat(32)}`;
  const account = privateKeyToAccount(key);
  const call = { to: `0x${"ab".repeat(20)}`, data: "0x", gas: 30_000n, call: "greet" } as const;
  let anvil: Anvil;
  let reader: Reader;
  let node: ReturnType<typeof nodeOf>;
  const nodeOf = (url: string) => createTestClient({ mode: "anvil", transport: http(url) });
  const modules = (path: string) => JSON.stringify(new URL(`../../../../offchain/${path}`, import.meta.url).href);

  before(async () => {
    anvil = await startAnvil();
    reader = await connect(anvil.url);
    node = nodeOf(anvil.url);
    await node.setBalance({ address: account.address, value: parseEther("10") });
  });
  after(() => anvil?.stop());

  /** A process that opens a signer, says that it is ready, and does something with it. */
  function another(path: string, does: string) {
    const script = `
      import { connect } from ${modules("chain/clients.ts")};
      import { localSigner } from ${modules("chain/signer.ts")};
      import { openOutbox } from ${modules("host/access/disk-outbox.ts")};
      import { privateKeyToAccount } from "viem/accounts";
      const reader = await connect(${JSON.stringify(anvil.url)});
      const outbox = openOutbox(${JSON.stringify(path)}, "another");
      const signer = localSigner(reader, privateKeyToAccount(${JSON.stringify(key)}), { outbox });
      const call = { to: "${call.to}", data: "0x", gas: 30_000n, call: "greet" };
      ${does}`;
    const child = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script],
      {
        cwd: new URL("../../../..", import.meta.url),
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    return { child, said: text(child.stdout), wrong: text(child.stderr) };
  }

  it("send side by side, from one process and from two, and none is sent twice or left out", async () => {
    const path = join(directory, "shared.sqlite");
    const start = await reader.client.getTransactionCount(account);
    const other = another(
      path,
      `const hashes = await Promise.all(Array.from({ length: 10 }, () => signer.submit(call)));
       for (const hash of hashes) await signer.receiptOf(hash);
       console.log("done");`,
    );
    const signers = [1, 2].map((n) => localSigner(reader, account, { outbox: openOutbox(path, `signer ${n}`) }));
    const receipts = await Promise.all(
      signers.flatMap((one) => Array.from({ length: 10 }, async () => one.receiptOf(await one.submit(call)))),
    );
    assert.equal(await other.said, "done\n", await other.wrong);
    assert.equal(new Set(receipts.map(({ transactionHash }) => transactionHash)).size, 20);
    assert.equal(await reader.client.getTransactionCount(account), start + 30);
  });

  it("the next one finds what a killed one has sent, also if the node has lost it", async () => {
    const path = join(directory, "killed.sqlite");
    const start = await reader.client.getTransactionCount(account);
    await node.setAutomine(false);
    const killed = another(
      path,
      `await signer.submit(call); await signer.submit(call); console.log("sent"); setInterval(() => {}, 1000);`,
    );
    await once(killed.child.stdout, "data");
    killed.child.kill("SIGKILL");
    await once(killed.child, "close");
    const outbox = openOutbox(path, "the next one");
    const sent = outbox.from(start);
    assert.deepEqual(
      sent.map(({ nonce, transaction }) => [nonce, transaction.call]),
      [
        [start, "greet"],
        [start + 1, "greet"],
      ],
    );
    for (const { attempts } of sent) for (const attempt of attempts) await node.dropTransaction({ hash: attempt.hash });
    const caught = localSigner(reader, account, { outbox }).catchUp(60_000);
    const pending = () => reader.client.getTransactionCount({ ...account, blockTag: "pending" });
    while ((await pending()) < start + 2) await new Promise((resolve) => setTimeout(resolve, 20));
    await node.mine({ blocks: 1 });
    await caught;
    for (const { attempts } of sent) {
      assert.equal((await reader.client.getTransactionReceipt({ hash: attempts[0]?.hash ?? "0x" })).status, "success");
    }
    outbox.close();
    await node.setAutomine(true);
  });
});
