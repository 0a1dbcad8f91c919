// The roles of the network, each with ways of its own to chain and store, and how they are disturbed.
import type { Network, Player } from "../../offchain/devnet/network.ts";
import type { RoleName } from "../../offchain/host/role/happenings.ts";
import { openWay, type Way } from "./faulty-way.ts";
import { type Vital, vitalOf } from "./vitals.ts";

export type Member = {
  readonly player: Player;
  /** of its configuration */
  readonly options: object;
  readonly ways: Readonly<Record<"chain" | "store", Way>>;
  state: "up" | "down" | "frozen";
  readonly vitals: Vital[];
};

export type Members = {
  /** Makes a role's key, gives it `funds` (wei of SNM), and starts it. */
  join(role: RoleName, name: string, funds: bigint, options: object): Promise<Member>;
  /** Starts a role that is down. */
  launch(member: Member): Promise<void>;
  /** Ends a role in order. */
  retire(member: Member): Promise<void>;
  /** A member by its name; `buyer` is the buyer of the present job. */
  get(name: string): Member | undefined;
  all(): Member[];
  /** Looks at memory and open files of all that run. */
  look(): void;
  /** Closes what the roles do not close themselves; the network has ended them. */
  end(): Promise<void>;
};

/** @param alone runs what changes the chain by hand, so that no reorganisation takes it away */
export function createMembers(network: Network, alone: <T>(work: () => Promise<T>) => Promise<T>): Members {
  const members = new Map<string, Member>();
  const begun = performance.now();

  async function launch(member: Member): Promise<void> {
    const { player, options, ways } = member;
    await network.launch(player, options, { rpc: ways.chain.url, net: ways.store.url });
    member.state = "up";
  }
  const close = ({ ways }: Member) => Promise.all([ways.chain.stop(), ways.store.stop()]);

  return {
    async join(role, name, funds, options) {
      const player = await alone(() => network.enroll(role, name, funds));
      const ways = { chain: await openWay(network.devnet.url), store: await openWay(network.store.url) };
      const member: Member = { player, options, ways, state: "down", vitals: [] };
      members.set(name, member);
      await launch(member);
      return member;
    },
    launch,
    async retire(member) {
      members.delete(member.player.name);
      member.state = "down";
      await network.retire(member.player);
      await close(member);
    },
    get: (name) =>
      members.get(name) ?? [...members.values()].findLast(({ player }) => player.name.startsWith(`${name}-`)),
    all: () => [...members.values()],
    look() {
      for (const { player, vitals } of members.values()) {
        const pid = network.pidOf(player);
        const vital = pid === undefined ? undefined : vitalOf(pid, (performance.now() - begun) / 1000);
        if (vital) vitals.push(vital);
      }
    },
    async end() {
      await Promise.all([...members.values()].map(close));
    },
  };
}
