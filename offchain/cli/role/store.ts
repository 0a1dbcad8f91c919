// `sonm store start`: the store through which the roles meet.
import { join } from "node:path";
import { Failure } from "@sonm/protocol/values/failure";
import { Command } from "commander";
import { dataHome } from "../../host/access/data-home.ts";
import { makeFolder } from "../../host/access/files.ts";
import { STORE_HOST, STORE_PORT } from "../../host/net/place.ts";
import { MAX_CONNECTIONS, startStoreServer } from "../../host/net/server.ts";
import { STORE_DEFAULTS } from "../../host/net/store.ts";
import { untilSignal } from "../../host/role/signal.ts";
import { paint, toJson, writeLines } from "../../host/terminal/terminal.ts";
import { examples } from "../verb.ts";

type Options = {
  readonly host: string;
  readonly port: string;
  readonly data?: string;
  readonly space: string;
  readonly quota: string;
  readonly keep: string;
  readonly connections: string;
  readonly json?: boolean;
};

const GIB = 2 ** 30;
const DAY_MS = 24 * 3600 * 1000;
/** Of each option that bounds the store; larger ones are slips of the pen. */
const LARGEST = 1_000_000;

/** Whether only this computer can reach an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 2 ** 16) return port;
  throw new Failure(
    `--port ${text} is no port`,
    "a port is a whole number from 0 to 65535",
    "write it like --port 7666",
  );
}

/** The value of an option that is a number above 0, such as 0.5. */
function amountOf(option: string, text: string, what: string, example: string): number {
  const amount = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && amount > 0 && amount <= LARGEST) return amount;
  const why = `${what} is a number above 0 and at most ${LARGEST}`;
  throw new Failure(`${option} ${text} is not possible`, why, `write it like ${option} ${example}`);
}

/** What the options say of how much the store takes. */
function boundsOf({ space, quota, keep, connections }: Options) {
  return {
    space: Math.floor(GIB * amountOf("--space", space, "space in GiB", "32")),
    quota: Math.floor(GIB * amountOf("--quota", quota, "a quota in GiB", "4")),
    keepMs: Math.floor(DAY_MS * amountOf("--keep", keep, "a time in days", "60")),
    // At least two, because one address has half of them.
    maxConnections: Math.max(2, Math.ceil(amountOf("--connections", connections, "a number of connections", "512"))),
  };
}

export function storeStart(): Command {
  const command = new Command("start")
    .summary("keep content and mail for the roles, until Ctrl-C")
    .description(
      "Starts the store: it keeps content that is named by its hash, and letters that are signed by their senders, in a folder. All roles of a " +
        "network name the same one by --net or SONM_NET. Content is for everybody who knows its hash; letters are for their addressee, who signs " +
        "for them. Who publishes signs too, and has a quota. A letter expires, and content that nobody publishes again. When there is no room " +
        "left, the store takes nothing new and drops nothing early. Keys cost nothing, so all whose first day it is share half of the space. " +
        "Letters have a sixteenth of space and quota on top.",
    )
    .option("--host <address>", "of the interface to listen on", STORE_HOST)
    .option("--port <number>", "TCP port; 0 for any free one", String(STORE_PORT))
    .option("--data <folder>", "where content and mail are kept (default: ~/.local/share/sonm/store)")
    .option("--space <GiB>", "content of all senders together", String(STORE_DEFAULTS.space / GIB))
    .option("--quota <GiB>", "content of one sender", String(STORE_DEFAULTS.quota / GIB))
    .option(
      "--keep <days>",
      "until what is kept expires; longer than jobs and games take",
      String(STORE_DEFAULTS.keepMs / DAY_MS),
    )
    .option("--connections <number>", "at a time, at most half of them from one address", String(MAX_CONNECTIONS))
    .option("--json", "one object on stdout, when it is ready")
    .action(async (options: Options) => {
      const { host, port, data = join(dataHome(), "store"), json = false } = options;
      await makeFolder(data);
      const store = await startStoreServer({ directory: data, host, port: portOf(port), ...boundsOf(options) });
      // Before the first output: a reader that sees that the store is ready may stop it at once.
      const ended = untilSignal(store);
      if (!isLoopback(host)) {
        const mark = paint(["bold", "yellow"], "!", process.stderr);
        writeLines(process.stderr, [
          `${mark} Everybody who can reach ${host} can read all content and, with keys made for it, fill the space for newcomers.`,
          `  → keep it behind a firewall, or leave --host out`,
        ]);
      }
      if (json) process.stdout.write(`${toJson({ ok: true, url: store.url, data })}\n`);
      else writeLines(process.stdout, [`The store is at ${store.url}, and keeps its data in ${data}`]);
      await ended;
    });
  return examples(command, [
    ["sonm store start", "for the roles of this computer, which look for it there"],
    ["sonm store start --space 100 --quota 10", "where there is much to keep: GiB in all, and of one sender"],
    ["sonm store start --port 7001 --data store", "elsewhere; then SONM_NET=http://127.0.0.1:7001 for each role"],
  ]);
}
