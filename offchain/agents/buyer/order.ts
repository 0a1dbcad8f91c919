// Makes a job out of an image, inputs and terms.
import { readFile } from "node:fs/promises";
import { jobBoardAbi } from "@sonm/chain/abi/job-board";
import { hubStandingOf } from "@sonm/chain/hub/standing";
import { refereesOf } from "@sonm/chain/market/referees";
import { checkJob } from "@sonm/protocol/job/check";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { decodeManifest } from "@sonm/protocol/job/manifest";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { type Content, contentFile } from "../../host/disk/content-file.ts";
import type { Engine, JobContent } from "../../host/engines/engine.ts";
import { idOf } from "../../host/net/hashing.ts";
import type { Referee } from "../../host/referees/referee.ts";
import type { RoleTools } from "../../host/role/open.ts";
import { unfinished } from "./cancel.ts";
import { checkTotal, estimateOf } from "./estimate.ts";
import type { BuyerJournal, Order } from "./journal.ts";
import type { BuyerOptions } from "./options.ts";
import { tryUnits } from "./trial.ts";

/** The part of a job that does not follow from its engine, its image and its inputs. */
export type Terms = Omit<Job, keyof JobContent>;

/** The referee that gives the guarantee of the engine's jobs. */
export function refereeFor(
  { guarantee }: Pick<Engine, "guarantee">,
  referees: readonly Pick<Referee, "address" | "guarantee">[],
): Address {
  const referee = referees.find((one) => one.guarantee === guarantee);
  if (referee) return referee.address;
  const why = `no referee of this deployment judges ${guarantee} jobs`;
  throw new Failure("The job has no referee", why, "use another deployment or another image");
}

/** Reads a small file that an order is made of. */
export async function readPart(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new Failure(`The file ${path} cannot be read`, (cause as Error).message, "correct the order", { cause });
  }
}

/** Makes an order with these terms from its files. Every call makes a different job, because the manifest has a nonce. */
export async function makeOrder(
  image: Uint8Array,
  inputs: readonly Content[],
  terms: Terms,
  engine: Pick<Engine, "describe">,
): Promise<Order> {
  const { content, manifest } = await engine.describe(image, inputs);
  const job: Job = { ...terms, ...content };
  checkJob(job);
  return { id: jobId(job), job, manifest };
}

/**
 * Finds out whether there is a hub to ask. A buyer that runs as a service waits for its hub instead.
 * @throws Failure if no wallet of a hub is at the address
 */
export async function requireHub({ signer }: RoleTools<BuyerJournal>["access"], hub: Address): Promise<void> {
  if (await hubStandingOf(signer, hub)) return;
  throw new Failure(
    "There is nobody to ask",
    `no hub's wallet is at ${hub}`,
    "name the wallet of a hub: see `sonm hubs`",
  );
}

/**
 * Orders what the options say, once it is known what it will need and cost.
 * @throws Failure if it would cost too much, or if a unit does not end; then nothing is ordered
 */
export async function placeOrder(
  { access, journal, emit, now }: RoleTools<BuyerJournal>,
  options: BuyerOptions,
  engine: Engine,
): Promise<void> {
  const { signer, deployment } = access;
  const { price, batchSize, exponent } = options;
  checkTotal({ price, units: options.inputs.length }, options.maxTotal);
  const [leastBond, leastDeposit] = await signer.client.readContract({
    address: deployment.addresses.jobBoard,
    abi: jobBoardAbi,
    functionName: "minimumStakes",
    args: [price, batchSize],
  });
  const bond = options.bond ?? leastBond;
  const terms = {
    buyer: signer.address,
    hub: options.hub,
    referee: refereeFor(engine, refereesOf(deployment)),
    batchSize,
    exponent,
    price,
    bond,
    deposit: options.deposit ?? (leastDeposit > bond ? leastDeposit : bond),
    window: options.windowSeconds,
    opening: options.openingSeconds,
    allowance: options.allowanceSeconds,
    grace: options.graceSeconds,
    deadline: BigInt(now() + options.deadlineSeconds),
  };
  const image = await readPart(options.image);
  const inputs: Content[] = [];
  for (const path of options.inputs) inputs.push(await contentFile(path));
  const order = await makeOrder(image, inputs, terms, engine);
  const trial = await tryUnits(engine, image, inputs, { exponent, size: options.trial, emit });
  emit(estimateOf(order.id, order.job, trial));
  journal.orders.put(order.id, order);
}

/**
 * Whether the journal has the order that a start is about.
 * @param anew whether a job that is over or cancelled does not count
 * @throws Failure if it has another one that is not over
 */
export async function isOrdered(
  { journal, emit, data }: Pick<RoleTools<BuyerJournal>, "journal" | "emit" | "data">,
  { image, inputs }: Pick<BuyerOptions, "image" | "inputs">,
  anew: boolean,
): Promise<boolean> {
  // One that is finished is an order too, though it may be over.
  if (!anew) return journal.orders.count() + journal.finished.count() > 0;
  const order = unfinished(journal).find(({ id }) => !journal.cancelled.get(id));
  if (order === undefined) return false;
  const ids = [order.job.image, ...decodeManifest(order.manifest, order.job).inputs];
  const paths = [image, ...inputs];
  let isSame = paths.length === ids.length;
  for (const [i, path] of paths.entries()) {
    await contentFile(path);
    isSame &&= (await idOf(path)) === ids[i];
  }
  if (isSame) {
    emit(estimateOf(order.id, order.job, null));
    return true;
  }
  throw new Failure(
    "Another job is not finished",
    `job ${order.id.slice(0, 10)}… in ${data} has another program or other inputs`,
    "let it finish by the line that began it, cancel it (`sonm job cancel`), or give this one a place of its own: --data FOLDER",
  );
}
