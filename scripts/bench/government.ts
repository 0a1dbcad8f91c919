// What the chain charges a hub and those who rate it.

import { createHub, hubWalletOf } from "@sonm/chain/hub/factory";
import { claimRating, rateHub } from "@sonm/chain/hub/ratings";
import { closeHubPeriod, payDayOfHub, payFromHub, registerHub } from "@sonm/chain/hub/wallet";
import { transferSnm } from "@sonm/chain/money/snm";
import { localSigner } from "@sonm/chain/signer";
import { parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { type Devnet, startDevnet } from "../../offchain/devnet/local-chain.ts";
import { type Bench, type Figure, figure } from "./figure.ts";

const DAY = 86_400;
const NAMES = ["createHub", "register", "transfer", "rate", "payDay", "claim a rating"] as const;
const SALT = `0x${"11".repeat(32)}` as const;

const gas = (target?: number) => ({
  unit: "gas",
  better: "lower" as const,
  ...(target === undefined ? {} : { target }),
});

async function measure(devnet: Devnet): Promise<Figure[]> {
  const { reader, deployment, bank } = devnet;
  const person = async () => {
    const account = privateKeyToAccount(generatePrivateKey());
    await devnet.endow(account.address, parseEther("1000"));
    return localSigner(reader, account);
  };
  const [owner, friend, foe] = [await person(), await person(), await person()];
  const miner = privateKeyToAccount(generatePrivateKey()).address;
  const later = async (seconds: number) => devnet.jumpTo(Number((await reader.client.getBlock()).timestamp) + seconds);
  const usedBy = async (receipt: Promise<{ gasUsed: bigint }>) => Number((await receipt).gasUsed);

  const wallet = await hubWalletOf(reader, deployment, owner.address, SALT);
  const created = await usedBy(createHub(owner, deployment, SALT, "bench", "/ip4/127.0.0.1/tcp/4001"));
  await transferSnm(bank, deployment, wallet, parseEther("1000"));
  const registered = await usedBy(registerHub(owner, wallet));
  await payFromHub(owner, wallet, miner, parseEther("10"));
  const paid = await usedBy(payFromHub(owner, wallet, miner, parseEther("10")));
  await rateHub(friend, deployment, wallet, true, parseEther("10"));
  const rated = await usedBy(rateHub(foe, deployment, wallet, false, parseEther("10")).then(({ receipt }) => receipt));
  await later(26 * DAY);
  await closeHubPeriod(owner, wallet);
  await later(4 * DAY);
  const payDay = await usedBy(payDayOfHub(owner, wallet));
  const claimed = await usedBy(claimRating(friend, deployment, 0));

  const values = {
    createHub: created,
    register: registered,
    transfer: paid,
    rate: rated,
    payDay,
    "claim a rating": claimed,
  };
  const targets: Partial<Record<(typeof NAMES)[number], number>> = { createHub: 250_000, transfer: 90_000 };
  return NAMES.map((name) => figure(name, values[name], gas(targets[name])));
}

export const governmentBenches: readonly Bench[] = [
  {
    name: "government",
    about: "Hubs and their raters",
    async measure(wanted) {
      if (!wanted("government") && !NAMES.some(wanted)) return [];
      const devnet = await startDevnet();
      try {
        return (await measure(devnet)).filter(({ name }) => wanted("government") || wanted(name));
      } finally {
        await devnet.stop();
      }
    },
  },
];
