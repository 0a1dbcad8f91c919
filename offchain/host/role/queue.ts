// Computes what others have made, in turns (`turns.ts` says whose turn it is), and gives up what nobody needs any more.
import type { Turn } from "../engines/engine.ts";
import { displaced, nextTurn, type Waiting, type Work } from "./turns.ts";

/** The run was given up: nobody needs it any more. */
export class NotNeeded extends Error {
  override readonly name = "NotNeeded";
}

/** Gives a run up that begins again later. */
const PUT_BACK = new Error("the run begins again later");

export type WorkQueue = {
  /**
   * Computes when it is this work's turn. `run` may be called again, if the queue has to put the work back.
   * @throws NotNeeded if `keep` no longer names the work, and what `run` throws
   */
  inTurn<T>(work: Work, run: (turn: Turn) => Promise<T>): Promise<T>;
  /** Gives up all works but these: those that wait at once, those that run at their next turn. */
  keep(wanted: ReadonlySet<string>): void;
};

type Ticket = { -readonly [K in keyof Waiting]: Waiting[K] } & {
  /** begins or continues its run; `end` gives it up */
  go(): void;
  end(reason: Error): void;
  isNeeded: boolean;
  /** time of the clock when its turn began; undefined while it waits */
  since: number | undefined;
};

type Customer = {
  /** seconds a wei that it has had */
  served: number;
  tickets: number;
};

/** Runs that are begun and not finished: so many machines are in memory. */
const PLACES = 8;

export type QueueOptions = {
  /** works that have a turn at the same time */
  readonly slots: number;
  readonly places?: number;
  readonly stepsPerSecond: number;
  /** of the chain, unix seconds */
  readonly now: () => number;
  /** milliseconds of a clock that only goes forward */
  readonly clock?: () => number;
};

export function createQueue(options: QueueOptions): WorkQueue {
  const { slots, places = Math.max(PLACES, 2 * slots), stepsPerSecond, clock = () => performance.now() } = options;
  const [waiting, running] = [new Set<Ticket>(), new Set<Ticket>()];
  const customers = new Map<string, Customer>();
  const capacity = () => ({ places, stepsPerSecond, now: options.now() });
  const servedOf = (customer: string) => customers.get(customer)?.served ?? 0;

  /** Whoever has nothing in the queue comes in where the one is that has had least: it neither waits for long nor makes others wait. */
  function enter(ticket: Ticket): void {
    const customer = customers.get(ticket.customer) ?? { served: 0, tickets: 0 };
    if (customer.tickets === 0) {
      const here = [...customers.values()].filter(({ tickets }) => tickets > 0);
      if (here.length > 0) {
        const least = here.reduce((least, { served }) => Math.min(least, served), Number.POSITIVE_INFINITY);
        customer.served = Math.max(customer.served, least);
      }
    }
    customer.tickets++;
    customers.set(ticket.customer, customer);
  }

  function leave(ticket: Ticket): void {
    pause(ticket);
    waiting.delete(ticket);
    const customer = customers.get(ticket.customer);
    if (customer) customer.tickets--;
    goOn();
  }

  /** Ends its turn. */
  function pause(ticket: Ticket): void {
    running.delete(ticket);
    const customer = customers.get(ticket.customer);
    if (ticket.since === undefined || !customer) return;
    customer.served += (clock() - ticket.since) / 1000 / Math.max(1, Number(ticket.reward));
    ticket.since = undefined;
  }

  function goOn(): void {
    while (running.size < slots) {
      const next = nextTurn([...waiting], running.size, servedOf, capacity());
      if (next === undefined) return;
      waiting.delete(next);
      running.add(next);
      next.since = clock();
      next.go();
    }
  }

  function wait(ticket: Ticket): Promise<void> {
    return new Promise((resolve, reject) => {
      ticket.go = resolve;
      ticket.end = reject;
      waiting.add(ticket);
      goOn();
    });
  }

  function giveUp(ticket: Ticket, reason: Error): void {
    waiting.delete(ticket);
    ticket.end(reason);
  }

  /** What a run does between two slices. */
  function pass(ticket: Ticket, steps: number): Promise<void> {
    pause(ticket);
    if (!ticket.isNeeded) return Promise.reject(new NotNeeded());
    ticket.done = steps;
    const turn = wait(ticket);
    const least = displaced([...waiting], running.size, capacity());
    if (least) giveUp(least, PUT_BACK);
    return turn;
  }

  return {
    async inTurn(work, run) {
      for (let putBack = false; ; putBack = true) {
        const ticket: Ticket = { ...work, done: 0, putBack, isNeeded: true, since: undefined, go() {}, end() {} };
        enter(ticket);
        try {
          await wait(ticket);
          return await run((steps) => pass(ticket, steps));
        } catch (error) {
          if (error !== PUT_BACK) throw error;
        } finally {
          leave(ticket);
        }
      }
    },
    keep(wanted) {
      for (const ticket of [...waiting, ...running]) {
        if (wanted.has(ticket.id)) continue;
        ticket.isNeeded = false;
        if (waiting.has(ticket)) giveUp(ticket, new NotNeeded());
      }
      for (const [name, { tickets }] of customers) if (tickets === 0) customers.delete(name);
    },
  };
}
