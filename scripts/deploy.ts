// Deploys SONM to the chain at a URL and writes where everything is.
//
//   node scripts/deploy.ts --url URL --keystore FILE [--password-file FILE] [--holder ADDRESS] [--out deployment.json]
import { parseArgs } from "node:util";
import { isAddress } from "viem";
import { connect, signAs } from "../offchain/core/chain/clients.ts";
import { deploy } from "../offchain/core/chain/deploy.ts";
import { writeDeployment } from "../offchain/core/chain/deployment.ts";
import { openKeystore, readPassword } from "../offchain/core/chain/keystore.ts";
import { Failure } from "../offchain/core/failure.ts";

const USAGE = `Deploys SONM and writes a file with the addresses.

  --url URL             JSON-RPC of the chain, such as http://127.0.0.1:8545
  --keystore FILE       the deployer's key; it needs the chain's own money for about 30 million gas
  --password-file FILE  its first line is the keystore's password (else SONM_PASSWORD, else the terminal)
  --holder ADDRESS      receives all SNM; the deployer, if left out
  --out FILE            where the addresses go; deployment.json, if left out
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      keystore: { type: "string" },
      "password-file": { type: "string" },
      holder: { type: "string" },
      out: { type: "string", default: "deployment.json" },
      help: { type: "boolean", short: "h" },
    },
  });
  const { url, keystore, holder, out } = values;
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (url === undefined || keystore === undefined) {
    throw new Failure("Nothing was deployed", "--url and --keystore are needed", "see --help");
  }
  if (holder !== undefined && !isAddress(holder)) {
    throw new Failure("Nothing was deployed", `--holder ${holder} is no address`, "write 0x and 40 hexadecimal digits");
  }
  const password = await readPassword(values["password-file"], `Password of ${keystore}: `);
  const signer = signAs(await connect(url), await openKeystore(keystore, password));
  const deployment = await deploy({
    publicClient: signer.client,
    walletClient: signer.wallet,
    ...(holder === undefined ? {} : { holder }),
    onProgress: (contract, address) => console.error(`${address}  ${contract}`),
  });
  writeDeployment(out, deployment);
  console.error(`→ ${out}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`✗ ${error.what}\n  ${error.why}\n  → ${error.todo}`);
  process.exitCode = 1;
}
