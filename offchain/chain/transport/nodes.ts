// Several nodes of one chain as one: the first one that is well serves, and another one steps in when it fails. A node is checked before
// it is used for the first time and after each failure: whether it is of this chain, and not behind what was seen before.
import { numberToHex, RpcRequestError } from "viem";
import { faultOf, headIn } from "./answers.ts";
import {
  afterFailure,
  afterSuccess,
  belief,
  type Heads,
  type Health,
  SKEW,
  turnOf,
  unknown,
  withHead,
} from "./health.ts";
import { httpWire } from "./http-wire.ts";
import { socketWire } from "./socket-wire.ts";
import { type Call, NodeError, nameOfNode, SEND, type Trouble, troubleOf } from "./trouble.ts";
import { USUAL_BATCH, type Wire } from "./wire.ts";

export type NodesOptions = {
  /** the chain that all nodes must be of; without it, that of the node that answers first */
  readonly chainId?: number | undefined;
  /** milliseconds that a node has for an answer */
  readonly answerMs?: number | undefined;
  /** most calls in one request */
  readonly batch?: number | undefined;
  /** milliseconds of a clock that only goes forward */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
};

/** A node as people see it. */
export type NodeState = {
  readonly name: string;
  /** "in use": asked first; "ready": would step in; "failing": left alone for now */
  readonly state: "in use" | "ready" | "failing";
  readonly head: number | null;
  /** what is wrong; null if nothing is known to be */
  readonly why: string | null;
};

export type Nodes = {
  /** without passwords and keys */
  readonly names: readonly string[];
  /** Asks the nodes in turn. @throws NodeError if none of them answers, else what the node has answered */
  request(call: Call): Promise<unknown>;
  /**
   * Asks one node, by its place, even if it is behind: what it says is compared, and not believed.
   * @throws NodeError if it does not answer, or is of another chain
   */
  consult(place: number, call: Call): Promise<unknown>;
  /** Finds out the chain by the first node that answers. @throws NodeError */
  chainId(): Promise<number>;
  /** Looks at all nodes, also at those that nobody needs now. */
  checkAll(): Promise<void>;
  /** The place of the node that is asked first. */
  inUse(): number;
  states(): readonly NodeState[];
  /** Calls `hear` when one of the states has changed. */
  watch(hear: (states: readonly NodeState[]) => void): void;
  /** Calls `hear` when a node says that there is a new block, until the function returned is called; undefined if none ever says so. */
  readonly onBlock: ((hear: () => void) => () => void) | undefined;
};

/** Milliseconds for an answer: a computer that is busy is not down. Where another node can step in, nobody waits so long. */
const ANSWER_ALONE = 60_000;
const ANSWER = 10_000;
/** Rounds in which all nodes are tried, and milliseconds that are waited for between them in all. */
const ROUNDS = 4;
const PATIENCE = 10_000;
/** Milliseconds between two looks at whether other nodes know much newer blocks. */
const COMPARE = 15_000;
/** Milliseconds in which all nodes contradict what was seen before. Then that was wrong, as after one answer that was a lie. */
const DISBELIEF = 60_000;

export function createNodes(urls: readonly string[], options: NodesOptions = {}): Nodes {
  const { now = () => performance.now(), sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) } = options;
  const { batch = USUAL_BATCH, answerMs = urls.length > 1 ? ANSWER : ANSWER_ALONE } = options;
  const wires: readonly Wire[] = urls.map((url) =>
    /^wss?:/.test(url) ? socketWire(url, { answerMs }) : httpWire(url, { answerMs, batch }),
  );
  const names = urls.map(nameOfNode);
  const healths: Health[] = urls.map(() => unknown);
  const checks = new Map<number, Promise<void>>();
  const watchers = new Set<(states: readonly NodeState[]) => void>();
  let { chainId } = options;
  let heads: Heads = { highest: 0, last: 0 };
  let comparedAt = now();
  /** since when no node is where the chain was seen to be */
  let contradicted: number | undefined;
  let told = "";

  const wireAt = (place: number) => wires[place] as Wire;
  const healthAt = (place: number) => healths[place] ?? unknown;
  const nameAt = (place: number) => names[place] ?? "";

  function inUse(): number {
    return turnOf(healths, now()).ask[0] ?? 0;
  }

  function states(): NodeState[] {
    const first = inUse();
    return healths.map(({ failures, trouble, head = null }, place) => ({
      name: nameAt(place),
      // One failure may be over before anybody needs to know.
      state: failures > 0 && (failures > 1 || place !== first) ? "failing" : place === first ? "in use" : "ready",
      head,
      why: trouble?.why ?? null,
    }));
  }

  // Heads change all the time.
  const textOf = (all: readonly NodeState[]) => JSON.stringify(all.map(({ name, state }) => [name, state]));

  function note(place: number, health: Health): void {
    healths[place] = health;
    if (watchers.size === 0) return;
    const current = states();
    const text = textOf(current);
    if (text === told) return;
    told = text;
    for (const hear of watchers) hear(current);
  }

  function fail(place: number, trouble: Trouble): NodeError {
    note(place, afterFailure(healthAt(place), trouble, now()));
    return new NodeError(nameAt(place), trouble);
  }

  const elsewhere = (head: number): Trouble => ({
    kind: head < heads.last ? "behind" : "ahead",
    why: `its newest block is ${head}, and block ${heads.last} was seen before`,
  });

  /** What was seen before is forgotten if all nodes have contradicted it for long. A node may lie once; all of them are the chain. */
  function doubt(): void {
    const isOdd = healths.every(({ trouble }) => trouble?.kind === "behind" || trouble?.kind === "ahead");
    if (!isOdd) contradicted = undefined;
    else if (contradicted === undefined) contradicted = now();
    else if (now() - contradicted >= DISBELIEF) [heads, contradicted] = [{ highest: 0, last: 0 }, undefined];
  }

  /** What the node answers. @throws NodeError with its trouble, which is noted; else what the node has answered */
  async function answerOf(place: number, call: Call): Promise<unknown> {
    let trouble: Trouble | undefined;
    try {
      const answer = await wireAt(place).request(call);
      trouble = faultOf(call, answer, healthAt(place).head);
      if (!trouble) return answer;
    } catch (error) {
      trouble = troubleOf(error, call);
      if (!trouble) throw error;
      if (trouble.kind === "unable") throw new NodeError(nameAt(place), trouble, error);
    }
    throw fail(place, trouble);
  }

  /** The number of a node's newest block; undefined if it does not say it. */
  async function headOf(place: number): Promise<number | undefined> {
    const call = { method: "eth_getBlockByNumber", params: ["latest", false] };
    try {
      return headIn(call, await answerOf(place, call)) ?? undefined;
    } catch (error) {
      // Whoever needs a block is told so by the node.
      if (error instanceof RpcRequestError || (error instanceof NodeError && error.trouble.kind === "unable"))
        return undefined;
      throw error;
    }
  }

  async function look(place: number): Promise<void> {
    const found = Number(await answerOf(place, { method: "eth_chainId" }));
    if (!Number.isSafeInteger(found)) throw fail(place, { kind: "garbled", why: "it says no chain id" });
    if (chainId !== undefined && found !== chainId) {
      throw fail(place, { kind: "foreign", why: `it is a node of chain ${found}, not of ${chainId}` });
    }
    chainId = found;
    let head: number | undefined;
    if (heads.highest > 0) {
      head = await headOf(place);
      if (head !== undefined && (head < heads.last || belief(heads, head) === "no")) throw fail(place, elsewhere(head));
    }
    note(place, afterSuccess({ ...healthAt(place), ...(head === undefined ? {} : { head }) }));
  }

  /** Makes sure that a node can be used. @throws NodeError */
  async function check(place: number): Promise<void> {
    if (healthAt(place).checked) return;
    let looking = checks.get(place);
    if (!looking) {
      looking = look(place).finally(() => checks.delete(place));
      checks.set(place, looking);
    }
    await looking;
  }

  async function ask(place: number, call: Call): Promise<unknown> {
    await check(place);
    if (call.method === "eth_chainId") return numberToHex(chainId ?? 0);
    const answer = await answerOf(place, call);
    const head = headIn(call, answer);
    const health = { ...healthAt(place), ...(typeof head === "number" ? { head } : {}) };
    // An answer that was under way when the node failed says nothing of what it is now.
    note(place, health.checked ? afterSuccess(health) : health);
    return answer;
  }

  async function consult(place: number, call: Call): Promise<unknown> {
    const [found, answer] = await Promise.all([
      answerOf(place, { method: "eth_chainId" }),
      // What is wrong with its chain matters more.
      answerOf(place, call).catch((error: unknown) => error as Error),
    ]);
    if (Number(found) !== chainId) {
      throw fail(place, { kind: "foreign", why: `it is a node of chain ${Number(found)}, not of ${chainId}` });
    }
    if (answer instanceof Error) throw answer;
    return answer;
  }

  /** Looks, beside all else, whether other nodes know much newer blocks than the one in use: then that one is behind. */
  function compare(used: number): void {
    if (urls.length < 2 || now() - comparedAt < COMPARE) return;
    comparedAt = now();
    for (const place of turnOf(healths, now()).ask) {
      if (place === used) continue;
      const head = check(place).then(() => headOf(place));
      head.then(
        (head = 0) => {
          note(place, { ...healthAt(place), head });
          if (head > heads.last + SKEW && belief(heads, head) === "yes") heads = withHead(heads, head);
        },
        () => undefined,
      );
    }
  }

  /** One round: the first answer that is believed. */
  async function round(call: Call): Promise<{ readonly answer: unknown } | NodeError> {
    const { ask: places, probe } = turnOf(healths, now());
    for (const place of probe) void check(place).catch(() => undefined);
    let failure: NodeError | undefined;
    /** the newest block of a node that goes back, as after a reorganisation */
    let lower: { readonly answer: unknown; readonly head: number } | undefined;
    /** nodes that go back: behind, if another one does not */
    const back: { readonly place: number; readonly head: number }[] = [];
    for (const place of places) {
      try {
        const answer = await ask(place, call);
        const head = headIn(call, answer);
        if (typeof head !== "number") return { answer };
        const believed = belief(heads, head);
        if (believed === "yes") {
          for (const one of back) fail(one.place, elsewhere(one.head));
          heads = withHead(heads, head);
          contradicted = undefined;
          compare(place);
          return { answer };
        }
        if (believed === "no") failure = fail(place, elsewhere(head));
        else back.push({ place, head });
        if (believed === "perhaps" && head > (lower?.head ?? -1)) lower = { answer, head };
      } catch (error) {
        if (!(error instanceof NodeError)) throw error;
        failure = error;
      }
    }
    if (lower) {
      heads = withHead(heads, lower.head);
      return { answer: lower.answer };
    }
    doubt();
    return failure ?? resting();
  }

  /** Why there is nobody to ask now. */
  function resting(): NodeError {
    const [first] = healths.map((_, place) => place).sort((a, b) => healthAt(a).restsUntil - healthAt(b).restsUntil);
    const place = first ?? 0;
    return new NodeError(nameAt(place), healthAt(place).trouble ?? { kind: "gone", why: "it does not answer" });
  }

  /**
   * Gives a transaction to all nodes that are well, once: the one in use may keep it to itself. Whether a node has taken it although its
   * answer was lost is for the caller to find out.
   */
  async function sendToAll(call: Call): Promise<unknown> {
    const { ask: places } = turnOf(healths, now());
    if (places.length === 0) throw resting();
    const sent = places.map((place) => ask(place, call));
    try {
      return await Promise.any(sent);
    } catch {
      const reasons = (await Promise.allSettled(sent)).map((one) =>
        one.status === "rejected" ? one.reason : undefined,
      );
      // What a node says of it matters more than that another one says nothing.
      throw reasons.find((reason) => !(reason instanceof NodeError)) ?? reasons[0];
    }
  }

  async function inTurn(call: Call): Promise<unknown> {
    let waited = 0;
    for (let rounds = 0; ; ) {
      // A round in which nobody is to be asked is none: the clock may say so a little before the end of a rest.
      if (turnOf(healths, now()).ask.length > 0) rounds++;
      const outcome = await round(call);
      if (!(outcome instanceof NodeError)) return outcome.answer;
      // No node does this, nor would it next time.
      if (outcome.trouble.kind === "unable") throw outcome.answer;
      const pause = Math.max(1, Math.min(...healths.map(({ restsUntil }) => restsUntil)) - now());
      waited += pause;
      if (rounds >= ROUNDS || waited > PATIENCE) throw outcome;
      await sleep(pause);
    }
  }

  const telling = wires.flatMap(({ onBlock }) => (onBlock ? [onBlock] : []));
  return {
    names,
    consult,
    request: (call) => (call.method === SEND ? sendToAll(call) : inTurn(call)),
    async chainId() {
      const id = Number(await inTurn({ method: "eth_chainId" }));
      chainId ??= id;
      return id;
    },
    async checkAll() {
      await Promise.allSettled(wires.map((_, place) => check(place)));
    },
    inUse,
    states,
    watch(hear) {
      if (watchers.size === 0) told = textOf(states());
      watchers.add(hear);
    },
    onBlock:
      telling.length === 0
        ? undefined
        : (hear) => {
            const ends = telling.map((onBlock) => onBlock(hear));
            return () => {
              for (const end of ends) end();
            };
          },
  };
}
