// `sonm store start`: the store through which the roles meet.
import { join } from "node:path";
import { Failure } from "@sonm/protocol/values/failure";
import { Command } from "commander";
import { STORE_HOST, STORE_PORT } from "../../host/net/place.ts";
import { startStoreServer } from "../../host/net/server.ts";
import { dataHome } from "../../host/role/data-folder.ts";
import { untilSignal } from "../../host/role/signal.ts";
import { paint, toJson, writeLines } from "../../host/terminal/terminal.ts";
import { examples } from "../verb.ts";

type Options = { readonly host: string; readonly port: string; readonly data?: string; readonly json?: boolean };

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

export function storeStart(): Command {
  const command = new Command("start")
    .summary("keep content and mail for the roles, until Ctrl-C")
    .description(
      "Starts the store: it keeps content that is named by its hash, and letters that are signed by their senders, in a folder. All roles of a " +
        "network name the same one by --net or SONM_NET. It asks nobody who they are, so let only computers reach it that you trust not to fill " +
        "its disk.",
    )
    .option("--host <address>", "of the interface to listen on", STORE_HOST)
    .option("--port <number>", "TCP port; 0 for any free one", String(STORE_PORT))
    .option("--data <folder>", "where content and mail are kept (default: ~/.local/share/sonm/store)")
    .option("--json", "one object on stdout, when it is ready")
    .action(async ({ host, port, data = join(dataHome(), "store"), json = false }: Options) => {
      const store = await startStoreServer({ directory: data, host, port: portOf(port) });
      // Before the first output: a reader that sees that the store is ready may stop it at once.
      const ended = untilSignal(store);
      if (!isLoopback(host)) {
        const mark = paint(["bold", "yellow"], "!", process.stderr);
        writeLines(process.stderr, [
          `${mark} Everybody who can reach ${host} can fill this disk and read all content: the store asks nobody who they are.`,
          `  → keep it behind a firewall, or leave --host out`,
        ]);
      }
      if (json) process.stdout.write(`${toJson({ ok: true, url: store.url, data })}\n`);
      else writeLines(process.stdout, [`The store is at ${store.url}, and keeps its data in ${data}`]);
      await ended;
    });
  return examples(command, [
    ["sonm store start", "for the roles of this computer, which look for it there"],
    ["sonm store start --port 7001 --data store", "elsewhere; then SONM_NET=http://127.0.0.1:7001 for each role"],
  ]);
}
