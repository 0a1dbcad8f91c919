// The buyer's process: `node offchain/agents/buyer/main.ts --config FILE [--events]`.
import { jobBoardAbi } from "@sonm/chain/abi/job-board";
import { address, integer, list, object, optional, type Shape, type Shaped } from "@sonm/protocol/values/shape";
import { startExecutor } from "../../host/engines/machine/executor.ts";
import { type RoleConfig, readConfig, snm, withDefault } from "../../host/role/config.ts";
import { openRole } from "../../host/role/open.ts";
import { runRole } from "../../host/role/process.ts";
import { serve } from "../../host/role/serve.ts";
import { createActor } from "./act.ts";
import { type BuyerAction, type BuyerView, decide, keyOf } from "./decide.ts";
import { openBuyerJournal } from "./journal.ts";
import { createObserve } from "./observe.ts";
import { makeOrder, readPart } from "./order.ts";
import { createPrepare } from "./prepare.ts";

const seconds = integer(1, 2 ** 32 - 1);
const optionsOf = (path: Shape<string>) =>
  object({
    /** wallet of the hub that is asked */
    hub: address,
    /** image tar or ELF file */
    image: path,
    /** a file a unit */
    inputs: list(path, 2 ** 22),
    /** directory for the outputs, a file a unit */
    out: path,
    /** of a unit */
    price: snm,
    /** units a batch */
    batchSize: integer(1, 32_768),
    /** m: a unit's run has 8^m steps; even */
    exponent: integer(2, 16),
    /** locked by a claim; without it the least that the chain accepts */
    deposit: optional(snm),
    /** locked by a game; without it the least that the chain accepts */
    bond: optional(snm),
    windowSeconds: withDefault(seconds, 86_400),
    openingSeconds: withDefault(seconds, 1800),
    allowanceSeconds: withDefault(seconds, 86_400),
    graceSeconds: withDefault(seconds, 3600),
    /** from now to the deadline, after which unclaimed units are refunded */
    deadlineSeconds: withDefault(seconds, 30 * 86_400),
    /** after which an unanswered question is asked again */
    askAgainSeconds: withDefault(seconds, 3600),
  });
type BuyerOptions = Shaped<ReturnType<typeof optionsOf>>;

async function start(config: RoleConfig<BuyerOptions>) {
  const { options } = config;
  const tools = await openRole("buyer", config, openBuyerJournal, () => ({ follows: () => false }));
  const { access, journal, now } = tools;
  const { signer, deployment } = access;

  if (journal.orders.all().length === 0) {
    const [bond, deposit] = await signer.client.readContract({
      address: deployment.addresses.jobBoard,
      abi: jobBoardAbi,
      functionName: "minimumStakes",
      args: [options.price, options.batchSize],
    });
    const terms = {
      buyer: signer.address,
      hub: options.hub,
      referee: deployment.addresses.bisection,
      machine: deployment.addresses.machine,
      batchSize: options.batchSize,
      exponent: options.exponent,
      price: options.price,
      bond: options.bond ?? bond,
      deposit: options.deposit ?? (deposit > bond ? deposit : bond),
      window: options.windowSeconds,
      opening: options.openingSeconds,
      allowance: options.allowanceSeconds,
      grace: options.graceSeconds,
      deadline: BigInt(now() + options.deadlineSeconds),
    };
    const computing = startExecutor();
    const inputs = await Promise.all(options.inputs.map(readPart));
    const order = await makeOrder(await readPart(options.image), inputs, terms, computing);
    await computing.stop();
    journal.orders.put(order.id, order);
  }

  const { image, inputs, out } = options;
  const act = createActor({ ...tools, files: { image, inputs }, out });

  const prepare = createPrepare(tools, options.hub);
  const observe = await createObserve(tools, { askAgainSeconds: options.askAgainSeconds }, options.hub);
  return serve<BuyerView, BuyerAction>(tools, { prepare, observe, decide, act, keyOf, executors: [] }, config.pollMs);
}

await runRole(() => start(readConfig(process.argv.slice(2), optionsOf)));
