// The hub: its options, and how its parts are put together.

import { join } from "node:path";
import { hubWalletOf } from "@sonm/chain/hub/factory";
import { hash32, integer } from "@sonm/protocol/values/shape";
import { type Hex, isAddressEqual, numberToHex } from "viem";
import { createMachineEngine } from "../../host/engines/machine/machine-engine.ts";
import { refereesOfOnlooker } from "../../host/referees/referees.ts";
import type { RoleDefinition } from "../../host/role/definition.ts";
import {
  measured,
  needed,
  type OptionsOf,
  type Sort,
  seconds,
  snm,
  usually,
  whole,
  words,
} from "../../host/role/options.ts";
import { createActor } from "./act.ts";
import { decide, type HubAction, type HubView, keyOf } from "./decide.ts";
import { inHand } from "./in-hand.ts";
import { type HubJournal, openHubJournal } from "./journal.ts";
import { createObserve } from "./observe.ts";
import { createPrepare } from "./prepare.ts";
import { seen } from "./view.ts";

/** A number, or 32 bytes in hexadecimal. */
const salt: Sort<Hex> = {
  ...whole(),
  shape: () => (value, place) =>
    typeof value === "number" ? numberToHex(integer()(value, place), { size: 32 }) : hash32(value, place),
};

const options = {
  funds: needed(snm, "SNM kept in the wallet at a registration"),
  name: usually(words(64, "<name>"), "hub", "for people, in the Whitelist"),
  endpoint: usually(words(256, "<multiaddr>"), "", "where it can be reached, in the Whitelist"),
  salt: usually(salt, 0, "tells the wallets of one owner apart: a number, or 32 bytes in hexadecimal"),
  minPrice: usually(snm, "0 SNM", "SNM, the least price of a unit"),
  maxExponent: usually(whole(2, 16, "<m>"), 16, "the longest units taken have 8^m steps"),
  quoteSeconds: usually(seconds, 3600, "how long a quote holds"),
  workSeconds: usually(seconds, 6 * 3600, "from assignment to claim"),
  answerSeconds: usually(seconds, 600, "from assignment to a miner's answer"),
  payPercent: usually(measured("percent", 1, 70), 70, "the miner's part of the price, at most 70"),
  settleAfterSeconds: usually(
    seconds,
    3600,
    "how long a miner has to settle its claim, and a player to end a game that it has won, before the hub does",
  ),
};

export const hubRole: RoleDefinition<OptionsOf<typeof options>, HubJournal, HubView, HubAction> = {
  kind: "hub",
  summary: "take jobs, give batches to miners, pay them",
  description:
    "Starts a hub: it makes and registers its wallet if there is none, signs quotes for jobs after recomputing their roots, assigns batches to " +
    "its miners, and settles what they leave. It runs until Ctrl-C; killed at any moment it loses nothing, and goes on at its next start.",
  options,
  openJournal: openHubJournal,
  // It counts the settled claims of its miners, and remembers who was convicted: what has ended stays until that is written down.
  async observing({ me, reader, deployment, journal, options }) {
    const wallet = await hubWalletOf(reader, deployment, me, options.salt);
    return {
      // Their parties may abandon them.
      follows: (_, job) => job !== undefined && isAddressEqual(job.hub, wallet),
      keeps: ({ hub }, claim) => claim !== undefined && isAddressEqual(hub, wallet) && !journal.isNoted(seen(claim)),
    };
  },
  async start(config, tools) {
    const { salt, name, endpoint, funds, minPrice, maxExponent, quoteSeconds, payPercent, ...times } = config.options;
    const policy = { ...times, funds, payBps: BigInt(payPercent) * 100n };
    const { signer, deployment } = tools.access;
    const wallet = await hubWalletOf(signer, deployment, signer.address, salt);
    const engine = createMachineEngine({
      machine: deployment.addresses.machine,
      fetch: tools.peer.fetch,
      // It checks an input once, and needs it no more.
      inputs: { folder: join(tools.data, "inputs"), most: 0, fetchFile: tools.peer.fetchFile },
      reading: tools.quarantine.read,
    });
    const referees = refereesOfOnlooker({ ...tools, patienceSeconds: times.settleAfterSeconds });
    const act = createActor({
      ...tools,
      engine,
      referees,
      wallet,
      identity: { salt, name, endpoint },
      terms: { minPrice, maxExponent, quoteSeconds },
    });

    const prepare = createPrepare(tools);
    const observe = await createObserve({ ...tools, referees }, policy, wallet);
    return { prepare, observe, inHand, decide: (view) => decide(view, tools.guard), act, keyOf, engine };
  },
};
