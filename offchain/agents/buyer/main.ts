// The buyer's process: `node offchain/agents/buyer/main.ts --config FILE [--events]`.
import { jobBoardAbi } from "../../core/chain/abi/job-board.ts";
import { parametersOf } from "../../core/chain/government/parameters.ts";
import { type HubStanding, hubStandingOf } from "../../core/chain/hub/standing.ts";
import type { Sight } from "../../core/chain/market/observer.ts";
import type { Job } from "../../core/job/job.ts";
import { address, integer, list, object, optional, type Shape, type Shaped } from "../../core/shape.ts";
import type { Received } from "../../net/peer.ts";
import { type RoleConfig, readConfig, snm, withDefault } from "../../role/config.ts";
import { openRole } from "../../role/open.ts";
import { runRole } from "../../role/process.ts";
import { serve } from "../../role/serve.ts";
import { startExecutor } from "../../runtime/executor.ts";
import { createActor } from "./act.ts";
import { type BuyerAction, type BuyerView, decide, keyOf } from "./decide.ts";
import { openBuyerJournal } from "./journal.ts";
import { makeOrder, readPart } from "./order.ts";
import { viewOf } from "./view.ts";

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
  const { access, journal, emit, now } = tools;
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

  /** Returns what to write down of a letter. Quotes are checked by the chain, deliveries when they are collected. */
  async function prepare({ from, message }: Received): Promise<() => void> {
    if (message.kind === "results") {
      return () => void journal.deliveries.put(`${message.claim}/${from}`, message.content);
    }
    if (message.kind !== "quote" && message.kind !== "refuse-quote") return () => {};
    hub ??= await hubStandingOf(signer, options.hub);
    if (from !== hub?.owner) return () => {};
    const { job } = message;
    if (message.kind === "refuse-quote") return () => void journal.refusals.put(job, message.reason);
    const { expiry, signature } = message;
    return () => {
      journal.quotes.put(job, { expiry: Number(expiry), signature });
      emit({ kind: "quoted", job, expiry: Number(expiry) });
    };
  }

  let hub: HubStanding | undefined;
  const { RefundAfterSuspicionSeconds } = await parametersOf(signer, deployment);
  function refundFrom({ deadline }: Job): number {
    if (hub?.status === "punished") return 0;
    const suspicion =
      hub?.status === "suspected" ? hub.suspectedAt + Number(RefundAfterSuspicionSeconds) : Number(deadline);
    return Math.min(Number(deadline), suspicion);
  }

  async function observe(sight: Sight): Promise<BuyerView> {
    hub = await hubStandingOf(signer, options.hub);
    return viewOf(sight, journal, {
      hub: hub?.owner,
      refundFrom,
      policy: { askAgainSeconds: options.askAgainSeconds },
    });
  }

  return serve<BuyerView, BuyerAction>(tools, { prepare, observe, decide, act, keyOf, executors: [] }, config.pollMs);
}

await runRole(() => start(readConfig(process.argv.slice(2), optionsOf)));
