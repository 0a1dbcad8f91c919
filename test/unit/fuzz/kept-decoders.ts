// What a role has kept for itself on disk, where a power cut, another program or a failing disk may have changed it.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { bisectionLog } from "@sonm/chain/market/bisection";
import { restoreHistory, saveHistory } from "@sonm/chain/market/checkpoint";
import type { Outgoing } from "@sonm/chain/outbox";
import { readCheckpoint, writeCheckpoint } from "@sonm/protocol/machine/checkpoint";
import { createMachine, emptyMachine } from "@sonm/protocol/machine/machine";
import { createRoom, MemoryShort } from "@sonm/protocol/machine/room";
import { encode, type Value } from "@sonm/protocol/values/codec";
import { Failure } from "@sonm/protocol/values/failure";
import { bytesToHex } from "viem";
import { openOutbox } from "../../../offchain/host/access/disk-outbox.ts";
import { holderOf, showHolder } from "../../../offchain/host/disk/lock.ts";
import { checkpointsIn } from "../../../offchain/host/engines/machine/checkpoint-files.ts";
import { pauseIn } from "../../../offchain/host/role/wishes.ts";
import { addressOf, hashOf } from "../agents/fixtures.ts";
import { createModelChain, happen, named } from "../chain/market/model-chain.ts";
import { deployment } from "../chain/stub-chain.ts";
import { type Decoder, folder, isHash, json } from "./kit.ts";

const STEP = 64;
const MACHINE_ROOM = 64 * 2 ** 20;
const places = { folder: join(folder, "states"), most: 2 ** 30 };
const run = checkpointsIn(places, "job/0 8");

/** A state of a run that has written to some pages, as it lies on disk; and what it hashes to. */
function stateFile() {
  const program = { entry: 0x1000, segments: [{ address: 0x1000, data: Uint8Array.of(0x6f, 0, 0, 0) }] };
  const machine = createMachine(program, Uint8Array.of(1, 2, 3));
  machine.run(STEP);
  assert.ok(writeCheckpoint(run, STEP, machine));
  const [name = ""] = readdirSync(places.folder);
  const [bytes, hash] = [new Uint8Array(readFileSync(join(places.folder, name))), bytesToHex(machine.stateHash())];
  machine.close();
  return { file: join(places.folder, name), bytes, hash };
}
const state = stateFile();

/** What an observer has read, as its journal keeps it. */
function marketFile(): Uint8Array {
  const chain = createModelChain();
  chain.mine([happen.post("a", 2), happen.claim("a")], [happen.commit(3n), happen.open("a", 3n)], [happen.post("b")]);
  const base = { number: chain.head(), hash: named("base") };
  return saveHistory({ base, final: chain.market() }, deployment, referees) ?? assert.fail("there is a market");
}
const referees = [bisectionLog(deployment.addresses.bisection)];

const outgoing: Outgoing = {
  nonce: 7,
  transaction: { to: addressOf(1), data: "0x1234", gas: 50_000n, call: "greet" },
  attempts: [
    { hash: hashOf(1), raw: "0x01", fees: { gasPrice: 7n }, at: 5, block: 1, cancels: false },
    {
      hash: hashOf(2),
      raw: "0x02",
      fees: { maxFeePerGas: 9n, maxPriorityFeePerGas: 1n },
      at: 6,
      block: 2,
      cancels: true,
    },
  ],
};
const outboxPath = join(folder, "outbox");
const forgetOutbox = () => {
  for (const ending of ["", "-journal", "-wal", "-shm"]) rmSync(`${outboxPath}${ending}`, { force: true });
};

function outboxFile(): Uint8Array {
  forgetOutbox();
  const outbox = openOutbox(outboxPath, "miner");
  for (const nonce of [7, 8, 9]) outbox.put({ ...outgoing, nonce });
  outbox.close();
  return new Uint8Array(readFileSync(outboxPath));
}

/** Reads all that the list holds; what is read is what was meant to be written. */
function readOutbox(): void {
  const outbox = openOutbox(outboxPath, "miner");
  try {
    for (const one of [...outbox.from(0), outbox.get(7)]) {
      if (one === undefined) continue;
      assert.ok(Number.isSafeInteger(one.nonce) && one.attempts.length > 0);
      assert.equal(typeof one.transaction.gas, "bigint");
      for (const { hash, fees } of one.attempts) {
        assert.match(hash, isHash);
        for (const wei of Object.values(fees)) assert.equal(typeof wei, "bigint");
      }
    }
    outbox.put(outgoing);
    outbox.dropBefore(9, 100);
  } finally {
    outbox.close();
  }
}

export const keptDecoders: readonly Decoder[] = [
  {
    name: "checkpoint of a run",
    seeds: [state.bytes],
    refuses: [MemoryShort],
    share: 0.5,
    read(bytes) {
      writeFileSync(state.file, bytes);
      const machine = emptyMachine(createRoom(MACHINE_ROOM));
      try {
        assert.deepEqual(run.steps(), [STEP]);
        const isRead = readCheckpoint(run, STEP, machine);
        if (isRead) assert.equal(bytesToHex(machine.stateHash()), state.hash);
      } finally {
        machine.close();
      }
    },
  },
  {
    name: "checkpoint of the market",
    seeds: [marketFile()],
    refuses: [],
    read(bytes) {
      const restored = restoreHistory(bytes, deployment, referees);
      if (!restored) return;
      const { base, final } = restored;
      assert.deepEqual(saveHistory({ base, final }, deployment, referees), bytes);
    },
  },
  {
    name: "list of transactions",
    seeds: [outboxFile()],
    refuses: [Failure],
    share: 0.1,
    read(bytes) {
      forgetOutbox();
      writeFileSync(outboxPath, bytes);
      readOutbox();
    },
  },
  {
    name: "transaction in the list",
    seeds: [encode(outgoing as Value)],
    format: "messagepack",
    refuses: [Failure],
    share: 0.3,
    read(bytes) {
      forgetOutbox();
      openOutbox(outboxPath, "miner").close();
      const database = new DatabaseSync(outboxPath);
      database.prepare("insert into outgoing values (?, 1, ?)").run(outgoing.nonce, bytes);
      database.close();
      readOutbox();
    },
  },
  {
    name: "holder of a lock",
    seeds: json({ pid: 4711, as: "miner" }),
    format: "json",
    refuses: [],
    read(bytes) {
      const path = join(folder, "lock");
      writeFileSync(`${path}.holder`, bytes);
      assert.match(showHolder(holderOf(path)), /^(another process|process [1-9]\d* \(.{0,100}\))$/s);
    },
  },
  {
    name: "wish to pause",
    seeds: json({ until: 2_000_000_000 }, { until: null }),
    format: "json",
    refuses: [],
    read(bytes) {
      const place = join(folder, "wishes");
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, "pause.json"), bytes);
      // A file that nobody understands is a pause: its operator wanted something.
      const { until } = pauseIn(place) ?? assert.fail("there is a file");
      assert.ok(until === null || new Date(1000 * until).toISOString().length > 0);
    },
  },
];
