// Carries a hub's decisions out. Every action may be repeated: the journal or the chain shows what is done already.

import { createHub } from "@sonm/chain/hub/factory";
import { collectForHub, registerHub } from "@sonm/chain/hub/wallet";
import { transferSnm } from "@sonm/chain/money/snm";
import type { Job } from "@sonm/protocol/job/job";
import { quoteTypedData } from "@sonm/protocol/job/quote";
import { assignmentTypedData } from "@sonm/protocol/result/claim";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { type Hex, isAddressEqual } from "viem";
import type { Engine } from "../../host/engines/engine.ts";
import { NetUnreachable } from "../../host/net/errors.ts";
import { actBefore, type Referee } from "../../host/referees/referee.ts";
import { strangeIn } from "../../host/referees/strange.ts";
import type { RoleTools } from "../../host/role/open.ts";
import { settle } from "../../host/role/settle.ts";
import type { HubAction } from "./decide.ts";
import { type HubJournal, requestName, type Signed } from "./journal.ts";

export type HubTools = RoleTools<HubJournal> & {
  readonly engine: Pick<Engine, "machine" | "runs" | "check">;
  /** jobs of these referees are accepted */
  readonly referees: readonly Referee[];
  readonly wallet: Address;
  /** arguments for creating the wallet */
  readonly identity: { readonly salt: Hex; readonly name: string; readonly endpoint: string };
  /** which jobs are accepted */
  readonly terms: {
    /** wei of SNM a unit */
    readonly minPrice: bigint;
    /** largest m of a job: its units have at most 8^m steps */
    readonly maxExponent: number;
    /** how long a quote is valid, seconds */
    readonly quoteSeconds: number;
  };
};

/** The function that carries actions out. */
export function createActor(tools: HubTools): (action: HubAction) => Promise<void> {
  const { access, journal, wallet, identity } = tools;
  const { signer, deployment } = access;
  const { addresses } = deployment;
  const sent = async (...call: Parameters<HubTools["sent"]>) => void (await tools.sent(...call));

  return async (action) => {
    switch (action.kind) {
      case "create":
        return sent("createHub", createHub(signer, deployment, identity.salt, identity.name, identity.endpoint));
      case "fund":
        return sent("transfer", transferSnm(signer, deployment, wallet, action.amount));
      case "register":
        return sent("register", registerHub(signer, wallet));
      case "quote":
        return quote(tools, action);
      case "assign": {
        const { id: job, batch, attempt, miner, pay } = action;
        const expiry = BigInt(action.expiry);
        const assignment = { wallet, job, batch, attempt, miner, pay, expiry };
        const signature = await signer.signTypedData(
          assignmentTypedData(assignment, signer.chainId, addresses.results),
        );
        const id = `${job}/${batch}/${attempt}/${action.expiry}/${miner}`;
        const assignedAt = tools.now();
        const signed = {
          id,
          job,
          batch,
          attempt,
          miner,
          assignedAt,
          expiry: action.expiry,
          pay,
          deposit: action.job.deposit,
          signature,
          sent: false,
          answer: undefined,
        };
        // On disk before it is sent: a hub that does not know what it has signed would give the batch to another miner.
        journal.assignments.put(id, signed);
        return send(tools, action.job, signed);
      }
      case "send": {
        const signed = journal.assignments.get(action.assignment.id);
        return signed && send(tools, action.job, signed);
      }
      case "dispute":
        return actBefore(tools.referees, action.deed);
      case "settle":
        return settle(tools, action.of.job, action.of.claim);
      case "collect":
        return sent("collect", collectForHub(signer, deployment, wallet));
    }
  };
}

/** Sends an assignment to its miner. */
async function send({ peer, journal, emit }: HubTools, job: Job, signed: Signed): Promise<void> {
  const { id, batch, attempt, miner, pay, expiry, signature } = signed;
  await peer.send(miner, { kind: "assign", job, batch, attempt, pay, expiry: BigInt(expiry), signature });
  // The miner's answer may be in the journal already: it must stay.
  journal.assignments.put(id, { ...(journal.assignments.get(id) ?? signed), sent: true });
  emit({ kind: "assigned", job: signed.job, batch, attempt, miner, pay: String(pay), expiry });
}

/** Signs a quote only after recomputing every root. Otherwise it tells the buyer why not. */
async function quote(tools: HubTools, { request }: HubAction & { kind: "quote" }): Promise<void> {
  const { access, peer, journal, terms, emit } = tools;
  const { signer, deployment } = access;
  const { job, id, from } = request;
  const reason = objection(tools, job) ?? (await contentObjection(tools, job));
  if (reason !== undefined) {
    await peer.send(from, { kind: "refuse-quote", job: id, reason });
    emit({ kind: "quote-refused", job: id, reason });
  } else {
    const expiry = BigInt(tools.now() + terms.quoteSeconds);
    const data = quoteTypedData({ job: id, expiry }, signer.chainId, deployment.addresses.jobBoard);
    const signature = await signer.signTypedData(data);
    await peer.send(from, { kind: "quote", job: id, expiry, signature });
    emit({ kind: "quote-signed", job: id, units: job.units });
  }
  journal.requests.delete(requestName(request));
}

/** The reason to refuse a job for its terms; undefined if there is none. */
function objection({ wallet, engine, referees, terms, now }: HubTools, job: Job): string | undefined {
  if (!isAddressEqual(job.hub, wallet)) return `the job is for another hub, ${job.hub}`;
  const strange = strangeIn(job, engine, referees);
  if (strange !== undefined) return `this hub ${strange}`;
  if (job.price < terms.minPrice) return `the price is below ${terms.minPrice} wei a unit`;
  if (job.exponent > terms.maxExponent) return `units of more than 8^${terms.maxExponent} steps are not welcome`;
  if (job.deadline <= now()) return "the deadline is over";
  return undefined;
}

/** The reason to refuse a job for its image or inputs. All of them are fetched and compared with what the job says about them. */
async function contentObjection({ engine }: HubTools, job: Job): Promise<string | undefined> {
  try {
    await engine.check(job);
    return undefined;
  } catch (error) {
    // A store that is down says nothing about the job.
    if (error instanceof NetUnreachable || !(error instanceof Failure)) throw error;
    return error.message;
  }
}
