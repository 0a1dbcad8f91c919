// The three hubs of the story and how it begins: they register, people stake for and against them, holders of SNM get their votes.

import { delegateVotes } from "@sonm/chain/government/votes";
import { createHub, hubWalletOf } from "@sonm/chain/hub/factory";
import { type Position, positionsWhere, rateHub } from "@sonm/chain/hub/ratings";
import { type HubRecord, hubRecordOf, registerHub } from "@sonm/chain/hub/wallet";
import { transferSnm } from "@sonm/chain/money/snm";
import { showSnm } from "@sonm/protocol/values/amounts";
import type { Address } from "@sonm/protocol/values/ids";
import { parseEther, zeroHash } from "viem";
import { oddWei, type Person } from "./cast.ts";
import type { Stage } from "./stage.ts";

export type Hub = { readonly name: string; readonly wallet: Address; readonly owner: Person };
/** Aurora works honestly, Mirage cheats, Trattoria is a restaurant. */
export type Hubs = { readonly aurora: Hub; readonly mirage: Hub; readonly trattoria: Hub };

/** The hub's wallet as it is now. */
export function recordOf({ devnet }: Stage, { wallet }: Hub): Promise<HubRecord> {
  return hubRecordOf(devnet.reader, devnet.deployment, wallet);
}

async function openHub(stage: Stage, owner: Person, name: string, endpoint: string, funds: bigint): Promise<Hub> {
  const { reader, deployment } = stage.devnet;
  const wallet = await hubWalletOf(reader, deployment, owner.address, zeroHash);
  await createHub(owner.signer, deployment, zeroHash, name, endpoint);
  await transferSnm(owner.signer, deployment, wallet, funds);
  await registerHub(owner.signer, wallet);
  await stage.tell("registered", name, `registers, with ${showSnm(funds)} in its wallet`, { wallet, funds });
  return { name, wallet, owner };
}

/** Stakes for or against a hub. */
export async function rate(stage: Stage, rater: Person, hub: Hub, inFavour: boolean, stake: bigint): Promise<void> {
  await rateHub(rater.signer, stage.devnet.deployment, hub.wallet, inFavour, stake);
  const side = inFavour ? "for" : "against";
  await stage.tell("rated", rater.name, `stakes ${showSnm(stake)} ${side} ${hub.name}`, {
    hub: hub.wallet,
    inFavour,
    stake,
  });
}

/** Somebody's only position on a hub. */
export async function positionOn(stage: Stage, rater: Person, hub: Hub): Promise<Position> {
  const { reader, deployment } = stage.devnet;
  const own = await positionsWhere(
    reader,
    deployment,
    (one) => one.rater === rater.address && one.hub.toLowerCase() === hub.wallet.toLowerCase(),
  );
  const [position] = own;
  if (position === undefined) throw new Error(`${rater.name} has not rated ${hub.name}`);
  return position;
}

export async function openHubs(stage: Stage): Promise<Hubs> {
  const { cast, seed, chapter, tell, devnet } = stage;
  const { deployment } = devnet;
  const odd = (what: string, snm: string) => parseEther(snm) + oddWei(seed, what);
  chapter("Three hubs begin, and people stake on what they believe of them");
  const hubs: Hubs = {
    aurora: await openHub(stage, cast.auroraOwner, "Aurora", "/dns4/aurora.example/tcp/4001", odd("aurora", "100")),
    mirage: await openHub(stage, cast.mirageOwner, "Mirage", "/dns4/mirage.example/tcp/4001", odd("mirage", "5")),
    trattoria: await openHub(stage, cast.trattoriaOwner, "Trattoria", "a restaurant", odd("trattoria", "200")),
  };
  for (const voter of [cast.alice, cast.bob, cast.carol, cast.rival]) {
    await delegateVotes(voter.signer, deployment, voter.address);
  }
  await tell("delegated", "the voters", "let their SNM vote: Alice, Bob, Carol and a rival of Trattoria");
  const { optimist, sceptic } = cast;
  await rate(stage, optimist, hubs.aurora, true, odd("optimist aurora", "100"));
  await rate(stage, sceptic, hubs.aurora, false, odd("sceptic aurora", "40"));
  await rate(stage, optimist, hubs.mirage, true, odd("optimist mirage", "200"));
  await rate(stage, sceptic, hubs.mirage, false, odd("sceptic mirage", "300"));
  await rate(stage, optimist, hubs.trattoria, true, odd("optimist trattoria", "50"));
  await rate(stage, sceptic, hubs.trattoria, false, odd("sceptic trattoria", "70"));
  return hubs;
}
