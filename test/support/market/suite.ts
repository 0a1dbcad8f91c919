// Set-up and checks around every test about the market.
import { afterEach, before, beforeEach } from "node:test";
import { assertConserved } from "./conservation.ts";
import { createMarket, type Market } from "./fixture.ts";

/**
 * Called in a `describe`: each of its tests begins with the market as `open` has left it, and must conserve SNM.
 * @param open prepares the market, once for the suite, which does not share it
 * @returns a function that restores that state within a test
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
