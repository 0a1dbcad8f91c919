// The DAO's numbers (PROTOCOL.md, sections 7 and 8). The unit is in the name; shares are in basis points (1/10,000).
import { parametersAbi } from "../abi/parameters.ts";
import { latest, type Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import { type ParameterName, parameterNames } from "../enums/parameter.ts";

/** All parameters in force now. */
export async function parametersOf(
  { client }: Reader,
  { addresses }: Deployment,
): Promise<Readonly<Record<ParameterName, bigint>>> {
  const values = await Promise.all(
    parameterNames.map((_, index) =>
      client.readContract({ address: addresses.parameters, abi: parametersAbi, functionName: "get", args: [index] }),
    ),
  );
  const entries = parameterNames.map((name, index) => [name, values[index] ?? 0n] as const);
  return Object.fromEntries(entries) as Record<ParameterName, bigint>;
}

/** One parameter. Its values are wei of SNM, basis points or seconds, by its name. */
export type ParameterRecord = {
  readonly name: ParameterName;
  /** in force now */
  readonly value: bigint;
  /** what the DAO may set it to, both allowed */
  readonly min: bigint;
  readonly max: bigint;
  /** the change that waits: in force from this unix time on */
  readonly next?: { readonly value: bigint; readonly from: number };
};

async function recordAt(
  { client }: Reader,
  { addresses }: Deployment,
  name: ParameterName,
  now: number,
): Promise<ParameterRecord> {
  const args = [parameterNames.indexOf(name)] as const;
  const at = { address: addresses.parameters, abi: parametersAbi } as const;
  const [value, [min, max], [next, effectiveAt]] = await Promise.all([
    client.readContract({ ...at, functionName: "get", args }),
    client.readContract({ ...at, functionName: "bounds", args }),
    client.readContract({ ...at, functionName: "scheduled", args }),
  ]);
  const from = Number(effectiveAt);
  return { name, value, min, max, ...(from > now ? { next: { value: next, from } } : {}) };
}

/** One parameter: its value, its bounds and the change that waits. */
export async function parameterRecordOf(
  reader: Reader,
  deployment: Deployment,
  name: ParameterName,
): Promise<ParameterRecord> {
  const { now } = await latest(reader);
  return recordAt(reader, deployment, name, now);
}

/** All parameters, in the order of the contracts, as of one block's time. */
export async function parameterRecordsOf(reader: Reader, deployment: Deployment): Promise<ParameterRecord[]> {
  const { now } = await latest(reader);
  return Promise.all(parameterNames.map((name) => recordAt(reader, deployment, name, now)));
}

/** How long a change waits from its execution on, seconds. */
export async function changeDelayOf({ client }: Reader, { addresses }: Deployment): Promise<number> {
  const at = { address: addresses.parameters, abi: parametersAbi } as const;
  return Number(await client.readContract({ ...at, functionName: "changeDelay" }));
}
