// One command of a random history, for the model and for the chain, and what must hold after each command.
import assert from "node:assert/strict";
import type { Address } from "viem";
import { type Amount, type By, type Command, OWNER_OF } from "./commands.ts";
import type { Escrow } from "./escrow.ts";
import type { Person, Wallet, World } from "./fixture.ts";
import {
  actions,
  allowanceOf,
  available,
  balanceOf,
  bannedHubs,
  free,
  frozen,
  type Model,
  openOrders,
  Refused,
  waitingFor,
  walletOf,
} from "./model.ts";

const BPS = 10_000n;

/** How names become accounts and contracts. */
export type Hands = {
  readonly world: Pick<World, "snm" | "treasury" | "ratings" | "time">;
  readonly escrow: Escrow;
  personOf: (name: string) => Person;
  as: (name: string) => { account: Person["account"] };
  addressOf: (name: string) => Address;
  hubOf: (name: string) => Wallet;
};
/** The same deed in two forms: `inModel` throws `Refused` if `onChain` reverts. */
export type Plan = { inModel: () => void; onChain: () => Promise<unknown> };

/** An amount in wei, of what there is. */
export function amountOf(wanted: Amount, of: bigint): bigint {
  if ("wei" in wanted) return BigInt(wanted.wei);
  const sum = (of * BigInt(wanted.thousandths)) / 1_000n + BigInt(wanted.plus);
  return sum < 0n ? 0n : sum;
}
const callerOf = (name: string, who: By) => (who === "owner" ? (OWNER_OF[name] ?? "") : who);

/** The plan of a command, in the model's current state. */
export function planOf(
  { world, escrow, personOf, as, addressOf, hubOf }: Hands,
  model: Model,
  command: Exclude<Command, { kind: "advance" | "jump" }>,
): Plan {
  const { snm, treasury, ratings } = world;
  switch (command.kind) {
    case "fund":
      return {
        inModel: () => actions.fund(model, command.wallet, command.amount),
        onChain: () => snm.write.transfer([addressOf(command.wallet), command.amount], as("holder")),
      };
    case "transfer": {
      const caller = callerOf(command.wallet, command.by);
      const sum = amountOf(command.amount, available(model, command.wallet));
      return {
        inModel: () => actions.transfer(model, command.wallet, command.payee, sum, caller),
        onChain: () => hubOf(command.wallet).write.transfer([addressOf(command.payee), sum], as(caller)),
      };
    }
    case "order": {
      const number = model.orders.length;
      const owner = personOf(OWNER_OF[command.wallet] ?? "");
      return {
        inModel: () => actions.order(model, command.wallet, command.price),
        onChain: () => escrow.order(number, addressOf(command.wallet), owner, command.price, model.now),
      };
    }
    case "settle": {
      const open = openOrders(model);
      const order = open[command.index % open.length];
      if (!order) return { inModel: () => undefined, onChain: async () => undefined };
      const number = model.orders.indexOf(order);
      const pay = (order.price * command.payBps) / BPS;
      return {
        inModel: () => actions.settle(model, order, command.payee, pay),
        onChain: () => escrow.settle(number, addressOf(command.payee), pay),
      };
    }
    case "bringIn":
      return {
        inModel: () => actions.bringIn(model, command.wallet),
        onChain: () => escrow.board.write.collect([addressOf(command.wallet)], as("stranger")),
      };
    case "withdraw": {
      const caller = callerOf(command.wallet, command.by);
      const sum = amountOf(command.amount, free(model, command.wallet));
      return {
        inModel: () => actions.withdraw(model, command.wallet, sum, caller),
        onChain: () => hubOf(command.wallet).write.withdraw([sum], as(caller)),
      };
    }
    case "pull": {
      const sum = amountOf(command.amount, allowanceOf(model, command.wallet, command.payee));
      return {
        inModel: () => actions.pull(model, command.wallet, command.payee, sum),
        onChain: () =>
          snm.write.transferFrom([addressOf(command.wallet), addressOf(command.payee), sum], as(command.payee)),
      };
    }
    case "collect":
      return {
        inModel: () => actions.collect(model, command.payee, command.wallet),
        onChain: () =>
          command.payee === "treasury"
            ? treasury.write.collect([addressOf(command.wallet)], as("stranger"))
            : hubOf(command.payee).write.collect([addressOf(command.wallet)], as("stranger")),
      };
    case "rate":
      return {
        inModel: () => actions.rate(model, command.rater, command.wallet, command.inFavour, command.stake),
        onChain: () =>
          ratings.write.rate([addressOf(command.wallet), command.inFavour, command.stake], as(command.rater)),
      };
    // The index may be one past the last: a position, or a seizure, that does not exist.
    case "claim": {
      const index = command.index % (model.positions.length + 1);
      return {
        inModel: () => actions.claim(model, index),
        onChain: () => ratings.write.claim([BigInt(index)], as("stranger")),
      };
    }
    case "release": {
      const index = command.index % (model.seizures.length + 1);
      return {
        inModel: () => actions.release(model, index),
        onChain: () => treasury.write.release([BigInt(index)], as("stranger")),
      };
    }
    case "spend": {
      const caller = command.by === "owner" ? "o0" : command.by;
      const { to = "holder" } = command;
      const sum = amountOf(command.amount, balanceOf(model, "treasury") - frozen(model));
      return {
        inModel: () => actions.spend(model, to, sum, caller),
        onChain: () => treasury.write.spend([addressOf(to), sum], as(caller)),
      };
    }
    case "suspect":
    case "rehab":
    case "ban": {
      const { kind, wallet, ago = 0 } = command;
      const caller = callerOf(wallet, command.by);
      const { length } = walletOf(model, wallet).registrations;
      const registration = ago > length ? length + ago : length - ago;
      return {
        inModel: () => actions[kind](model, wallet, caller, registration),
        onChain: () => hubOf(wallet).write[kind]([registration], as(caller)),
      };
    }
    default: {
      const caller = callerOf(command.wallet, command.by);
      return {
        inModel: () => actions[command.kind](model, command.wallet, caller),
        onChain: () => hubOf(command.wallet).write[command.kind](as(caller)),
      };
    }
  }
}

/** Executes a plan on the chain, at the model's time, and in the model. Returns "ok", or the name of the error that both have raised. */
export async function outcomeOfBoth({ world }: Hands, model: Model, { inModel, onChain }: Plan): Promise<string> {
  const expected = outcomeInModel(inModel);
  await world.time.setNextBlockTimestamp(model.now);
  assert.equal(await outcomeOnChain(onChain), expected);
  return expected;
}

function outcomeInModel(inModel: () => void): string {
  try {
    inModel();
    return "ok";
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

async function outcomeOnChain(onChain: () => Promise<unknown>): Promise<string> {
  try {
    await onChain();
    return "ok";
  } catch (error) {
    return (
      /custom error '(\w+)\(/.exec(String(error))?.[1] ??
      (/panic code 0x/.test(String(error)) ? "Panic" : String(error))
    );
  }
}

/** Asserts the invariants, which no command may break. */
export function checkInvariants(model: Model, supply: bigint) {
  let sum = 0n;
  for (const balance of model.balances.values()) sum += balance;
  assert.equal(sum, supply, "INV-1");
  assert.ok(balanceOf(model, "treasury") >= frozen(model), "INV-24");
  for (const seizure of model.seizures) assert.ok(!seizure.released || model.now >= seizure.releaseAt, "INV-24");
  const waiting = [...model.wallets.keys()].map((name) => waitingFor(model, name).remainder);
  const escrowed = [...openOrders(model).map(({ price }) => price), ...waiting];
  assert.equal(
    balanceOf(model, "board"),
    escrowed.reduce((total, amount) => total + amount, 0n),
    "INV-12",
  );
  for (const { won, seized } of bannedHubs(model)) assert.ok(won <= seized, "INV-33");
  for (const name of model.wallets.keys()) {
    const { status, locked, registrations } = walletOf(model, name);
    assert.ok(free(model, name) >= 0n, "INV-22");
    const last = registrations.at(-1);
    if (!last || (status !== "Registered" && status !== "Suspected")) continue;
    const { reserve, lockShare } = last.terms;
    assert.ok(free(model, name) >= reserve + locked, "INV-20");
    // All payees may belong to the owner. So it can take out what was approved of this registration's money.
    assert.ok(last.approved * BPS <= (last.passed - reserve) * (BPS - lockShare), "INV-21");
    let due = 0n;
    for (const { price, pay } of last.settled) {
      const [share, remainder] = [price * lockShare, (price - pay) * BPS];
      due += share < remainder ? share : remainder;
    }
    assert.ok(locked * BPS >= due, "INV-21");
  }
}
