// What `sonm doctor` makes of what it has found. Pure: each function judges one thing.
import { showSpan } from "@sonm/protocol/values/dates";
import { Failure } from "@sonm/protocol/values/failure";
import { formatEther } from "viem";
import { PROOF_MS } from "../../host/net/proof.ts";

/** What was looked at, and what came of it. `note`: nothing is wrong, but somebody may want to know. */
export type Finding = {
  readonly what: string;
  readonly state: "right" | "note" | "wrong";
  readonly says: string;
  /** what to do about it */
  readonly todo?: string;
};

const GIB = 2 ** 30;
const inGib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;

/** A check that has failed says itself why, and what to do. */
export function ofFailure(what: string, error: unknown): Finding {
  if (!(error instanceof Failure)) throw error;
  return { what, state: "wrong", says: `${error.what}: ${error.why}`, todo: error.todo };
}

/** A node that answers. */
export type SeenNode = {
  readonly name: string;
  readonly chainId: number;
  /** number of its newest block, and the time of it, unix seconds */
  readonly block: number;
  readonly now: number;
};

/** Blocks by which one node may be behind another that looks well. */
const BEHIND = 3;

/** Nodes beside each other: whether they are of one chain, that of the first, and equally far. */
export function ofNodes(nodes: readonly SeenNode[]): Finding[] {
  const what = "chain";
  const newest = Math.max(...nodes.map(({ block }) => block));
  return nodes.map(({ name, chainId, block }) => {
    const says = `chain ${chainId} at ${name}, block ${block}`;
    if (chainId !== nodes[0]?.chainId)
      return { what, state: "wrong", says, todo: "leave it out: all nodes must be of one chain" };
    if (block < newest - BEHIND)
      return { what, state: "note", says: `${says}, behind ${newest} at another`, todo: "wait until it has caught up" };
    return { what, state: "right", says };
  });
}

/** Seconds by which blocks may be ahead of this computer's clock: builders' clocks differ by less. */
const AHEAD = 15;
/** Seconds after which a latest block is old on a chain that makes blocks by itself. */
const OLD = 600;

/**
 * The chain's clock beside this computer's. Only the chain's counts for deadlines; the other one tells whether the node is behind.
 * @param block time of the latest block, unix seconds
 * @param now this computer's time, unix seconds
 */
export function ofClock(block: number, now: number): Finding {
  const what = "clock";
  if (block > now + AHEAD) {
    const says = `the latest block is ${showSpan(block - now)} ahead of this computer's clock`;
    return {
      what,
      state: "note",
      says,
      todo: "set this computer's clock, unless the chain is a local one whose clock jumps",
    };
  }
  if (now > block + OLD) {
    const says = `the latest block is ${showSpan(now - block)} old`;
    return {
      what,
      state: "note",
      says,
      todo: "set this computer's clock if it is ahead, else wait until the node has caught up, unless the chain is a local one",
    };
  }
  return { what, state: "right", says: "the latest block is of the last ten minutes" };
}

/** Seconds by which this computer and its store may differ without a word, and at all: what is signed for the store bears the time. */
const APART = 60;
const REFUSED = PROOF_MS / 1000;

/**
 * The store's clock beside this computer's.
 * @param store the time that the store says, unix seconds
 * @param now this computer's time, unix seconds
 */
export function ofStoreClock(store: number, now: number): Finding {
  const apart = Math.abs(now - store);
  const what = "store's clock";
  if (apart <= APART) return { what, state: "right", says: "within a minute of this computer's" };
  const says = `this computer's clock is ${showSpan(apart)} ${now > store ? "ahead of" : "behind"} it`;
  const todo = "set the clock that is wrong, as by NTP: the store takes nothing that is signed five minutes apart";
  return { what, state: apart > REFUSED ? "wrong" : "note", says, todo };
}

/** What is at the place where a store of one's own listens. `elsewhere`: the store is another computer's. */
export type PortState = "store" | "free" | "taken" | "elsewhere";

/** @param port TCP port of the store */
export function ofPort(state: PortState, port: number): Finding {
  const what = "port";
  switch (state) {
    case "store":
      return { what, state: "right", says: `${port} is the store's` };
    case "elsewhere":
      return { what, state: "right", says: "none is needed here: roles only call, and the store is elsewhere" };
    case "free":
      return { what, state: "right", says: `${port} is free for a store` };
    case "taken": {
      const todo = `stop it, or give the store another port (\`sonm store start --port\`) and name it: SONM_NET=URL`;
      return { what, state: "wrong", says: `${port} is taken by a program that is no store`, todo };
    }
  }
}

/** @param free bytes on the disk of the data folder */
export function ofDisk(free: number, folder: string): Finding {
  const [what, says] = ["disk", `${inGib(free)} free for ${folder}`];
  if (free < GIB / 2)
    return { what, state: "wrong", says, todo: "make room: a journal that cannot be written stops its role" };
  if (free < 5 * GIB) return { what, state: "note", says, todo: "make room before you take large jobs" };
  return { what, state: "right", says };
}

/** @param total bytes of memory of this computer @param free bytes that are available */
export function ofMemory(total: number, free: number): Finding {
  const [what, says] = ["memory", `${inGib(free)} of ${inGib(total)} available`];
  // A run that touches its whole memory takes more than the machine's 4 GiB.
  if (free < 2 * GIB) return { what, state: "note", says, todo: "compute fewer units at the same time (--threads)" };
  return { what, state: "right", says };
}

/** @param gas wei of the chain's own money */
export function ofGas(gas: bigint, account: string): Finding {
  const [what, says] = ["gas", `${account} has ${formatEther(gas)} of the chain's own money`];
  if (gas === 0n)
    return { what, state: "wrong", says, todo: "send it some: every transaction costs gas, in a game within hours" };
  return { what, state: "right", says };
}

/** @param version of Node.js, as in `24.1.0` */
export function ofNode(version: string): Finding {
  const [what, says] = ["Node.js", version];
  if (Number.parseInt(version, 10) >= 24) return { what, state: "right", says };
  return { what, state: "wrong", says, todo: "start sonm by its own command, which brings Node 24" };
}
