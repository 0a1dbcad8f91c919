// Carries troubles out, each to its end: what was killed is started again, what was bad is good again.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Sight } from "@sonm/chain/market/observer";
import type { Address } from "@sonm/protocol/values/ids";
import { parseEther } from "viem";
import type { Network } from "../../offchain/devnet/network.ts";
import { layerBomb } from "../unit/host/image/image-parts.ts";
import { type BombProgram, imageOfDepth, imageOfProgram } from "./bombs.ts";
import type { Members } from "./members.ts";
import { ask, askForQuote, claimLengths, flood, forge } from "./stranger.ts";
import type { Bomb, Trouble } from "./trouble.ts";

export type Havoc = {
  /** Resolves when it is over. Trouble for somebody who has trouble already is left out. */
  suffer(trouble: Trouble): Promise<void>;
  /** Everybody who has bought as a stranger. */
  readonly strangers: readonly Address[];
};

/** A stranger pays for its jobs like everybody else. */
const PRICE = "0.1 SNM";

export type Scene = {
  readonly network: Network;
  readonly members: Members;
  /** for what a stranger writes */
  readonly folder: string;
  /** the hub's wallet */
  readonly wallet: Address;
  readonly look: () => Promise<Sight>;
  /** Asks the node for what only a local chain does. */
  readonly rpc: (method: string, params: readonly unknown[]) => Promise<unknown>;
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
};

export function createHavoc({ network, members, folder, wallet, look, rpc, alone }: Scene): Havoc {
  const url = network.store.url;
  const strangers: Address[] = [];
  const targets = () => members.all().map(({ player }) => player);
  const hub = () => members.get("hub")?.player.address as Address;

  async function explode(bomb: Bomb): Promise<void> {
    switch (bomb) {
      case "lengths":
        return claimLengths(url);
      case "forged":
      case "depth":
      case "layers": {
        const like = [...(await look()).jobs.values()].at(-1)?.job;
        if (!like) return;
        if (bomb === "forged") return forge(url, targets(), like);
        return askForQuote(url, hub(), like, await (bomb === "depth" ? imageOfDepth() : layerBomb()));
      }
      case "questions":
        return ask(url, targets(), [...(await look()).claims.keys()].slice(-10));
      default:
        return order(bomb);
    }
  }

  /** A stranger buys: its job is posted and paid for like any other. */
  async function order(program: BombProgram): Promise<void> {
    const name = `stranger-${strangers.length + 1}`;
    const home = join(folder, name);
    await mkdir(home, { recursive: true });
    const [image, input] = [join(home, "image.tar"), join(home, "input")];
    await writeFile(image, await imageOfProgram(program));
    await writeFile(input, name);
    const options = {
      hub: wallet,
      image,
      inputs: [input],
      out: join(home, "out"),
      price: PRICE,
      exponent: 8,
      trial: "none",
    };
    const { player } = await members.join("buyer", name, parseEther("10"), options);
    strangers.push(player.address);
  }

  return {
    async suffer(trouble) {
      switch (trouble.kind) {
        case "kill": {
          const member = members.get(trouble.who);
          if (member?.state !== "up") return;
          member.state = "down";
          await network.kill(member.player);
          await setTimeout(1000 * trouble.seconds);
          return members.launch(member);
        }
        case "freeze": {
          const member = members.get(trouble.who);
          if (member?.state !== "up") return;
          member.state = "frozen";
          network.freeze(member.player);
          await setTimeout(1000 * trouble.seconds);
          network.thaw(member.player);
          member.state = "up";
          return;
        }
        case "bad-way": {
          const way = members.get(trouble.who)?.ways[trouble.to];
          way?.become(trouble.fault);
          await setTimeout(1000 * trouble.seconds);
          return way?.become(undefined);
        }
        case "reorganise":
          return alone(async () => {
            await rpc("anvil_reorg", [trouble.depth, []]);
            // A chain replaces another one because it is longer.
            await rpc("evm_mine", []);
          });
        case "flood": {
          const to = members.get(trouble.who)?.player.address;
          return to && flood(url, to, trouble.letters);
        }
        case "bomb":
          return explode(trouble.bomb);
      }
    },
    strangers,
  };
}
