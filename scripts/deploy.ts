// `npm run deploy`: puts SONM on the chain at a URL and writes where everything is.
import { accessSync, constants, existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { connect, type Reader, walletFor } from "@sonm/chain/clients";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { formatEther, isAddress } from "viem";
import { todoOf } from "../offchain/cli/advice.ts";
import { DEPLOYMENT_GAS, deploy } from "../offchain/devnet/deploy.ts";
import { writeDeployment } from "../offchain/host/access/deployment-file.ts";
import { openKeystore, readPassword } from "../offchain/host/access/keystore.ts";

const USAGE = `Puts SONM on a chain and writes a file with the addresses, which every verb and every role reads.

  npm run deploy -- --rpc URL --keystore FILE [options]

  --rpc URL             JSON-RPC of a node, such as http://127.0.0.1:8545
  --keystore FILE       the deployer's key (\`npx sonm key new FILE\` makes one); it pays for ${Number(DEPLOYMENT_GAS) / 1e6} million gas
  --password-file FILE  its first line is the keystore's password (else SONM_PASSWORD, else you are asked)
  --holder ADDRESS      receives all SNM; the deployer, if left out
  --out FILE            where the addresses go, a new file; deployment.json, if left out
`;

const WHAT = "Nothing was deployed";

function readArguments() {
  try {
    return parseArgs({
      options: {
        rpc: { type: "string" },
        keystore: { type: "string" },
        "password-file": { type: "string" },
        holder: { type: "string" },
        out: { type: "string", default: "deployment.json" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (cause) {
    throw new Failure("The command line is wrong", (cause as Error).message, "see --help", { cause });
  }
}

/** Before anything is paid for: a deployment whose addresses are lost is worth nothing. */
function requireRoom(out: string): void {
  if (existsSync(out)) {
    throw new Failure(WHAT, `${out} exists, and may be all that knows another deployment`, "name another: --out FILE");
  }
  try {
    accessSync(dirname(resolve(out)), constants.W_OK);
  } catch (cause) {
    throw new Failure(WHAT, `${out} cannot be written: ${(cause as Error).message}`, "name another: --out FILE", {
      cause,
    });
  }
}

/** A deployment that runs out of money half way has to start again. */
async function requireFunds({ client }: Reader, address: Address): Promise<void> {
  const [balance, price] = await Promise.all([client.getBalance({ address }), client.getGasPrice()]);
  const needed = price * DEPLOYMENT_GAS;
  if (balance >= needed) return;
  const why = `${address} has ${formatEther(balance)} of the chain's own money, it takes about ${formatEther(needed)}`;
  throw new Failure(WHAT, why, "send some to it, then try again");
}

async function main(): Promise<void> {
  const { rpc, keystore, holder, out, help, "password-file": passwordFile } = readArguments();
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  if (rpc === undefined || keystore === undefined) {
    throw new Failure(WHAT, "--rpc and --keystore are needed", "see --help");
  }
  if (holder !== undefined && !isAddress(holder)) {
    throw new Failure(WHAT, `--holder ${holder} is no address`, "write 0x and 40 hexadecimal digits");
  }
  requireRoom(out);
  const password = await readPassword(passwordFile, `Password of ${keystore}`);
  const reader = await connect(rpc);
  const account = await openKeystore(keystore, password);
  await requireFunds(reader, account.address);
  const deployment = await deploy({
    publicClient: reader.client,
    walletClient: walletFor(reader, account),
    ...(holder === undefined ? {} : { holder }),
    onProgress: (contract, address) => console.error(`${address}  ${contract}`),
  });
  writeDeployment(out, deployment);
  console.error(`→ ${out}; next: SONM_RPC=${rpc} SONM_DEPLOYMENT=${out} npx sonm hubs`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`✗ ${error.what}\n  ${error.why}\n  → ${todoOf(error)}`);
  process.exitCode = 1;
}
