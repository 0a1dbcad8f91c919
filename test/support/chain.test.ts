// The clock of a chain for tests: only the test moves it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { createChain } from "./chain.ts";

for (const [sameSecond, step] of [
  [true, 0],
  [false, 1],
] as const) {
  describe(`a chain whose blocks take ${step} seconds`, () => {
    it("does not follow the computer's clock", async () => {
      const { viem, networkHelpers } = await createChain({ sameSecond });
      const [sender] = await viem.getWalletClients();
      assert(sender);
      const send = () => sender.sendTransaction({ to: sender.account.address, value: 1n });
      const now = () => networkHelpers.time.latest();
      const begun = await now();
      // Simulates a computer that is busy for longer than a second.
      await pause(1_100);
      await send();
      assert.equal(await now(), begun + step);
      await networkHelpers.mine();
      assert.equal(await now(), begun + 2 * step);

      const snapshot = await networkHelpers.takeSnapshot();
      for (let run = 0; run < 2; run++) {
        await networkHelpers.time.setNextBlockTimestamp(begun + 100);
        await pause(1_100);
        await send();
        assert.equal(await now(), begun + 100, "the time that the test has chosen");
        await send();
        assert.equal(await now(), begun + 100 + step);
        await snapshot.restore();
        await pause(1_100);
        await send();
        assert.equal(await now(), begun + 3 * step, "what was chosen is forgotten with what was undone");
        await snapshot.restore();
      }
    });
  });
}
