// Leaves the scenario's chain up, with everything that the verbs need to look around in it.
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeDeployment } from "../../host/access/deployment-file.ts";
import { createKeystore } from "../../host/access/keystore.ts";
import type { Terminal } from "../../host/terminal/terminal.ts";
import { inGuardedFolder } from "../guard.ts";
import { watchSignals } from "../interruption.ts";
import type { Devnet } from "../local-chain.ts";
import type { Cast } from "./cast.ts";

/** scrypt's N. The keys last only as long as this chain, and their password is next to them. */
const KEY_COST = 2 ** 12;

/** Until a signal. The folder with everybody's keys is removed then. */
export function stayUp(devnet: Devnet, cast: Cast, terminal: Terminal): Promise<void> {
  return inGuardedFolder("sonm-government-", (folder) => show(folder, devnet, cast, terminal));
}

async function show(folder: string, devnet: Devnet, cast: Cast, { say, paint }: Terminal): Promise<void> {
  const deployment = join(folder, "deployment.json");
  writeDeployment(deployment, devnet.deployment);
  const passwordFile = join(folder, "password");
  const password = randomBytes(24).toString("base64url");
  await writeFile(passwordFile, password, { mode: 0o600 });
  for (const [part, { key }] of Object.entries(cast)) {
    await createKeystore(join(folder, `${part}.json`), password, key, KEY_COST);
  }
  say(
    "  The chain stays up until Ctrl-C. In another terminal:",
    "",
    `    export SONM_RPC=${devnet.url} SONM_DEPLOYMENT=${deployment}`,
    `    export SONM_KEYSTORE=${join(folder, "alice.json")} SONM_PASSWORD_FILE=${passwordFile}`,
    "    npx sonm hubs",
    "    npx sonm dao list",
    "",
    paint("dim", `    everybody's keystores are in ${folder}`),
    "",
  );
  const { signalled, end } = watchSignals();
  await signalled;
  end();
}
