// What an account has sent, in a file that all processes of this computer share that use the account.
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import type { Fees } from "@sonm/chain/fees";
import type { Outbox, Outgoing } from "@sonm/chain/outbox";
import { decode, encode } from "@sonm/protocol/values/codec";
import { Failure } from "@sonm/protocol/values/failure";
import {
  address,
  bigInteger,
  hash32,
  hexBytes,
  integer,
  list,
  object,
  type Shape,
  text,
} from "@sonm/protocol/values/shape";
import { damaged, databaseFailure } from "../disk/database.ts";
import { makeFolders } from "../disk/folders.ts";
import { holderOf, showHolder, tryLock } from "../disk/lock.ts";

/** Milliseconds in which a process has its turn to number a transaction: longer than a node has for an answer. */
const TURN_MS = 90_000;
const POLL_MS = 10;

/** Bytes of a transaction: nodes take far smaller ones. */
const MOST_BYTES = 2 ** 20;
/** Forms of one transaction. */
const MOST_ATTEMPTS = 1000;

const wei = bigInteger(0n, 2n ** 256n - 1n);
const onePrice = object({ gasPrice: wei });
const twoPrices = object({ maxFeePerGas: wei, maxPriorityFeePerGas: wei });
const attempt = object({
  hash: hash32,
  raw: hexBytes(MOST_BYTES),
  fees: (value, place): Fees =>
    typeof value === "object" && value !== null && "gasPrice" in value
      ? onePrice(value, place)
      : twoPrices(value, place),
  at: integer(),
  block: integer(),
  cancels: (value) => value === true,
});
const sent: Shape<Outgoing> = object({
  nonce: integer(),
  transaction: object({ to: address, data: hexBytes(MOST_BYTES), gas: wei, call: text() }),
  attempts: list(attempt, MOST_ATTEMPTS),
});

/** Who wrote the last of these rows is of no matter: they are changed only by whoever has its turn. */
const TABLE =
  "create table if not exists outgoing (nonce integer primary key, at integer not null, value blob not null) without rowid";

/**
 * Opens or makes the file. When a call returns, the change is on the disk.
 * @param as what this process is, for others that wait for it
 * @param turnMs milliseconds to wait for a turn
 * @throws Failure if the file is damaged, or its disk is in the way; also later, from whatever reads or writes it
 */
export function openOutbox(path: string, as: string, turnMs = TURN_MS): Outbox & { close(): void } {
  function told<T>(what: string, action: () => T): T {
    try {
      return action();
    } catch (cause) {
      throw databaseFailure(`The list of transactions ${path} cannot be ${what}`, cause);
    }
  }

  const database = told("opened", () => {
    makeFolders(dirname(path));
    const opened = new DatabaseSync(path, { timeout: 5000 });
    try {
      opened.exec(`pragma synchronous = full; ${TABLE};`);
      return opened;
    } catch (cause) {
      opened.close();
      throw cause;
    }
  });
  const get = database.prepare("select nonce, value from outgoing where nonce = ?");
  const from = database.prepare("select nonce, value from outgoing where nonce >= ? order by nonce");
  const put = database.prepare(
    "insert into outgoing values (?, ?, ?) on conflict (nonce) do update set at = excluded.at, value = excluded.value",
  );
  const remove = database.prepare("delete from outgoing where nonce = ?");
  const drop = database.prepare("delete from outgoing where nonce < ? and at < ?");
  function read(row: Record<string, unknown>): Outgoing {
    try {
      const outgoing = sent(decode(row.value as Uint8Array), "the entry");
      if (outgoing.attempts.length === 0 || outgoing.nonce !== row.nonce) throw new Error("an entry is none");
      return outgoing;
    } catch (cause) {
      const how = cause instanceof Failure ? cause.why : (cause as Error).message;
      throw damaged(`The list of transactions ${path} cannot be read`, how);
    }
  }

  return {
    async alone(action) {
      const turn = `${path}.turn`;
      const end = Date.now() + turnMs;
      for (;;) {
        const release = told("locked", () => tryLock(turn, as));
        if (release) {
          try {
            return await action();
          } finally {
            release();
          }
        }
        if (Date.now() > end) {
          const why = `${showHolder(holderOf(turn))} is sending with the same key, and does not come to an end`;
          throw new Failure("It is not this process's turn to send", why, "look at that process, then try again");
        }
        await pause(POLL_MS);
      }
    },
    get(nonce) {
      const row = told("read", () => get.get(nonce));
      return row && read(row);
    },
    from: (nonce) => told("read", () => from.all(nonce)).map(read),
    put(outgoing) {
      const at = Math.max(...outgoing.attempts.map((attempt) => attempt.at));
      told("written", () => put.run(outgoing.nonce, at, encode(outgoing)));
    },
    delete: (nonce) => void told("written", () => remove.run(nonce)),
    dropBefore: (nonce, time) => void told("written", () => drop.run(nonce, time)),
    close: () => database.close(),
  };
}
