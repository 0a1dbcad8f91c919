// What lies on a disk, on the chain, or was typed by a person.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contractKeys, type Deployment } from "@sonm/chain/deployment";
import { actionOf, callOf, type DaoAction } from "@sonm/chain/government/actions";
import { readBallot } from "@sonm/chain/government/ballots";
import { readParameter } from "@sonm/chain/government/parameter-text";
import { readDescription } from "@sonm/chain/government/proposals";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import { readSnm } from "@sonm/protocol/values/amounts";
import type { Value } from "@sonm/protocol/values/codec";
import { Failure } from "@sonm/protocol/values/failure";
import { hexToBytes, toHex } from "viem";
import { buyerRole } from "../../../offchain/agents/buyer/role.ts";
import { hubRole } from "../../../offchain/agents/hub/role.ts";
import { openMinerJournal } from "../../../offchain/agents/miner/journal.ts";
import { minerRole } from "../../../offchain/agents/miner/role.ts";
import { papersOf } from "../../../offchain/cli/dao/cast.ts";
import { lifeLines } from "../../../offchain/cli/role/status.ts";
import { readTile } from "../../../offchain/devnet/programs/render.ts";
import { readWordCount } from "../../../offchain/devnet/programs/wordcount.ts";
import { readDeployment } from "../../../offchain/host/access/deployment-file.ts";
import { keystoreIn } from "../../../offchain/host/access/keystore-format.ts";
import { textIn } from "../../../offchain/host/access/text.ts";
import { parseLie } from "../../../offchain/host/engines/machine/lie.ts";
import { readConfig } from "../../../offchain/host/role/config.ts";
import { parseEvent } from "../../../offchain/host/role/happenings.ts";
import { openJournal } from "../../../offchain/host/role/journal.ts";
import { openQuarantine, quarantined } from "../../../offchain/host/role/quarantine.ts";
import { openStatus, readStatus } from "../../../offchain/host/role/status.ts";
import { verifierRole } from "../../../verifier/role.ts";
import { addressOf, hashOf } from "../agents/fixtures.ts";
import { delivery, runs, units } from "./a-job.ts";
import { type Decoder, filesIn, fileWith, folder, isAddress, json, text, utf8 } from "./kit.ts";

const addresses = Object.fromEntries(contractKeys.map((key, i) => [key, toHex(i + 1, { size: 20 })]));
const deployment = { chainId: 31_337, block: 1, addresses } as unknown as Deployment;
const actions: readonly DaoAction[] = [
  { kind: "ban", hub: addressOf(5), registration: 1 },
  { kind: "trust", hub: addressOf(5), trusted: true },
  { kind: "param", name: "MinBondWei", value: 1n },
  { kind: "spend", to: addressOf(5), amount: 1n },
];
const ballot = {
  chainId: 31_337,
  governor: addressOf(1),
  proposal: hashOf(1),
  vote: "for",
  reason: "",
  voter: addressOf(2),
  nonce: "0",
  signature: "0x12",
};

const common = {
  deployment: "d.json",
  keystore: "k",
  rpc: "http://127.0.0.1:1",
  net: "http://127.0.0.1:2",
  pollMs: 150,
};
const configurations = [
  { ...common, options: { funds: "10 SNM", name: "hub", salt: 1, payPercent: 70, minPrice: "1,000.5 SNM" } },
  {
    ...common,
    name: "m",
    options: { hub: addressOf(2), stake: "1 SNM", lie: "output", lieUnit: "first", withhold: true },
  },
  { ...common, options: { stake: "100 SNM", share: 0.5, threads: 2, patienceSeconds: 60 } },
  { ...common, options: { hub: addressOf(2), image: "i", inputs: ["a", "b"], out: "o", price: "1 SNM", exponent: 8 } },
];
const roles = { hub: hubRole, miner: minerRole, verifier: verifierRole, buyer: buyerRole };

/** The status of a role that has done something of everything. */
function statusFile(): Uint8Array {
  const file = join(folder, "status");
  const status = openStatus(file, () => 1000);
  const from = { role: "miner", name: "m", at: 50 } as const;
  status.hear({ ...from, kind: "failed", action: "look", what: "No answer", why: "down", todo: "start", retryIn: 1 });
  status.hear({ ...from, kind: "put-aside", what: "letter", why: "bad" });
  status.hear({ ...from, kind: "idle", block: 1, mail: 2, wakeAt: 60 });
  status.holds([{ what: "batch 1", state: "is computed" }]);
  const idle = new Uint8Array(readFileSync(file));
  writeFileSync(file, idle);
  return idle;
}

function journalFile(): Uint8Array {
  const file = join(folder, "journal");
  const journal = openMinerJournal(file);
  journal.marks.put("staked", true);
  journal.deliveries.put("1", contentIdOf(delivery));
  for (let i = 0; i < 20; i++) journal.units.put(`${i}`, { ...(units[0] as (typeof units)[0]), corruption: undefined });
  journal.mail.advance("known", 7, () => {});
  journal.close();
  return new Uint8Array(readFileSync(file));
}

export const fileDecoders: readonly Decoder[] = [
  {
    name: "keystore",
    seeds: filesIn("../host/access/cases/").filter((file) => file.length > 100),
    format: "json",
    refuses: [Error, Failure],
    read(bytes) {
      const { crypto } = keystoreIn(textIn(bytes));
      assert.match(crypto.ciphertext, /^[0-9a-fA-F]*$/);
      const how = crypto.kdfparams;
      const rounds = "c" in how ? how.c : how.n * how.r * how.p;
      assert.ok(rounds >= 1 && rounds <= 2 ** 26);
    },
  },
  {
    name: "deployment",
    seeds: json(deployment),
    format: "json",
    refuses: [Failure],
    read(bytes) {
      const read = readDeployment(fileWith(bytes));
      assert.ok(Number.isSafeInteger(read.chainId) && Number.isSafeInteger(read.block) && read.block >= 0);
      for (const key of contractKeys) assert.match(read.addresses[key], isAddress);
    },
  },
  {
    name: "configuration",
    seeds: json(...configurations),
    format: "json",
    refuses: [Failure],
    read(bytes) {
      const file = fileWith(bytes);
      const read = (kind: string, table: Parameters<typeof readConfig>[1]) => {
        try {
          const { pollMs, name } = readConfig(kind, table, { file, flags: {} });
          assert.ok(pollMs >= 1 && pollMs <= 60_000 && typeof name === "string");
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
        }
      };
      for (const [kind, { options }] of Object.entries(roles)) read(kind, options as never);
    },
  },
  {
    name: "status",
    seeds: [statusFile()],
    format: "json",
    refuses: [Failure],
    read(bytes) {
      const file = fileWith(bytes);
      const status = readStatus(file);
      assert.ok(status);
      for (const running of [true, false])
        for (const [name, row] of lifeLines("miner", { ...status, running, quarantine: [] }, 2000)) {
          assert.equal(typeof name, "string");
          assert.equal(typeof row, "string");
        }
      const next = openStatus(file, () => 1);
      next.hear({ role: "miner", name: "m", at: 1, kind: "put-aside", what: "letter", why: "bad" });
      assert.equal(readStatus(file)?.aside.latest.at(-1)?.what, "letter");
    },
  },
  {
    name: "quarantine",
    seeds: json({
      suspects: [{ name: "image", failures: 2, ends: 1, why: "it is bad", until: 2_000_000_000 }],
    }),
    format: "json",
    refuses: [],
    async read(bytes) {
      const file = fileWith(bytes);
      writeFileSync(`${file}.reading`, bytes);
      for (const { name, until } of quarantined(file, 1)) assert.ok(typeof name === "string" && until > 1);
      const quarantine = openQuarantine(
        file,
        () => {},
        () => 9e12,
      );
      assert.equal(
        await quarantine.read(
          "new",
          async () => 1,
          (one) => one,
        ),
        1,
      );
      quarantine.close();
    },
  },
  {
    name: "journal",
    seeds: [journalFile()],
    refuses: [Failure],
    share: 0.1,
    read(bytes) {
      const file = join(folder, "wrong-journal");
      for (const ending of ["", "-wal", "-shm"]) rmSync(`${file}${ending}`, { force: true });
      writeFileSync(file, bytes);
      const journal = openJournal(file);
      try {
        for (const kind of ["mark", "delivery", "unit", "cursor"]) journal.table<Value>(kind).all();
        journal.table<Value>("unit").get("3");
        journal.table<Value>("unit").put("3", null);
      } finally {
        journal.close();
      }
    },
  },
  {
    name: "ballot",
    seeds: [...json(ballot, [ballot, ballot]), ...utf8(`${JSON.stringify(ballot)}\n${JSON.stringify(ballot)}`)],
    format: "json",
    refuses: [Failure],
    read(bytes) {
      for (const { content } of papersOf("file", text(bytes))) {
        const { proposal, nonce } = readBallot(content);
        assert.ok(BigInt(proposal) >= 0n && BigInt(nonce) >= 0n);
      }
    },
  },
  {
    name: "proposed call",
    seeds: actions.map((action) =>
      Buffer.concat([hexToBytes(callOf(deployment, action).target), hexToBytes(callOf(deployment, action).data)]),
    ),
    refuses: [],
    read: (bytes) =>
      actionOf(deployment, { target: toHex(bytes.subarray(0, 20), { size: 20 }), data: toHex(bytes.subarray(20)) }),
  },
  {
    name: "description of a proposal",
    seeds: utf8(`bad work\nevidence ${hashOf(1)} https://x\n#proposer=${addressOf(1)}`),
    refuses: [],
    read: (bytes) => assert.equal(typeof readDescription(text(bytes)).text, "string"),
  },
  {
    name: "text of a person",
    seeds: utf8("1,234.5 SNM", "0.29 %", "1 d 12 h", "register:5@77", "memory:4096", "step:1"),
    refuses: [],
    read(bytes) {
      for (const read of [
        readSnm,
        parseLie,
        (one: string) => readParameter("MinBondWei", one),
        (one: string) => readParameter("AuditRateBps", one),
      ]) {
        try {
          read(text(bytes));
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
        }
      }
    },
  },
  {
    name: "event of a role",
    seeds: json({ role: "miner", name: "m", at: 1, kind: "idle", block: 1, mail: 2, wakeAt: null }),
    format: "json",
    refuses: [],
    read: (bytes) => parseEvent(text(bytes)),
  },
  {
    name: "output of a guest program",
    seeds: [...runs.map((run) => run.output), new Uint8Array([2, 0, 1, 0, 0, 0, 0, 0, 2, 0, 1, 0, 1, 2, 3, 4, 5, 6])],
    refuses: [Failure],
    read(bytes) {
      for (const read of [readWordCount, readTile]) {
        try {
          read(bytes);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
        }
      }
    },
  },
];
