// What every suite about the market begins and ends its tests with.
import { afterEach, before, beforeEach } from "node:test";
import { assertConserved } from "./conservation.ts";
import { createMarket, type Market } from "./fixture.ts";

/**
 * Called in a `describe`: each of its tests finds the market as `open` has left it, and must leave SNM conserved.
 * @param open keeps the market that the suite has to itself; what it does there is done once
 * @returns how a test comes back to that moment in between
 */
export function eachOnMarket(open: (market: Market) => void | Promise<void>): { restore(): Promise<void> } {
  let market: Market;
  let clean: Awaited<ReturnType<Market["networkHelpers"]["takeSnapshot"]>>;
  before(async () => {
    market = await createMarket();
    await open(market);
    clean = await market.networkHelpers.takeSnapshot();
  });
  beforeEach(() => clean.restore());
  afterEach(() => assertConserved(market));
  return { restore: () => clean.restore() };
}
