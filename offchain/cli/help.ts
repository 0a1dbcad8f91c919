// The command's help: colours, suggestions, and where to look after a mistake.
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { fileOfPackage } from "../host/access/package.ts";
import { paint } from "../host/terminal/terminal.ts";

/** Version of the package, as `--version` prints it. */
export function versionOfPackage(): string {
  return (JSON.parse(readFileSync(fileOfPackage("package.json"), "utf8")) as { version: string }).version;
}

/** What all verbs of the network have in common, at the end of the first page of help. */
export const networkNote = `
${paint("bold", "Which network, and who you are:")}
  SONM_RPC            a node, http://127.0.0.1:8545 if not set       or --rpc
  SONM_DEPLOYMENT     the file that \`npm run deploy\` wrote           or --deployment
  SONM_KEYSTORE       your key, made by \`sonm key new\`               or --keystore
  SONM_PASSWORD_FILE  its password; else SONM_PASSWORD, or you type   or --password-file

Amounts are SNM, written 12.5 or 1,000 or 12,345.5: a comma only groups thousands.
With --json a verb prints one object on stdout: amounts in wei, times in unix seconds.
Exit codes: 0 done; 1 refused or failed, and why; 2 the command line is wrong; 70 a fault of sonm itself. \`sonm machine run\` passes on
the program's own.
`;

/** Sets the style of help and errors for a command and all commands below it. */
export function teach(command: Command): Command {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ styleTitle: (text) => paint("bold", text), showGlobalOptions: false })
    .configureOutput({
      outputError: (text, write) => {
        const [first = "", ...rest] = text
          .trim()
          .replace(/^error: /, "")
          .split("\n");
        const hint = rest.join(" ").replace(/^\((.*)\)$/, "$1");
        write(
          `\n${paint("red", "✗", process.stderr)} ${first}\n  → ${hint || `see \`${pathOf(command)} --help\``}\n\n`,
        );
      },
    });
  for (const child of command.commands) teach(child);
  return command;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
