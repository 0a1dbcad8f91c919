// How a role is told what to do: `--config FILE`, JSON. Paths are relative to the file. Amounts carry their unit: "12.5 SNM".
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { snmOf } from "@sonm/protocol/values/amounts";
import { Failure } from "@sonm/protocol/values/failure";
import { integer, object, optional, type Shape, text } from "@sonm/protocol/values/shape";

/** What every role needs to know. */
export type RoleConfig<Options> = {
  /** tells it apart from others of its kind */
  readonly name: string;
  /** JSON-RPC of a node */
  readonly rpc: string;
  /** file that `deploy` wrote */
  readonly deployment: string;
  readonly keystore: string;
  /** file with the keystore's password; without it SONM_PASSWORD, or the terminal */
  readonly passwordFile: string | undefined;
  /** directory of the journal */
  readonly data: string;
  /** of the content store and mailbox */
  readonly net: string;
  /** milliseconds between two looks at chain and mail */
  readonly pollMs: number;
  /** report to stdout, one JSON object a line (`offchain/host/role/happenings.ts`) */
  readonly events: boolean;
  readonly options: Options;
};

/** An amount of SNM, in wei. The unit has to be there, because a file has other numbers too: "12.5 SNM", "1,000 SNM". */
export const snm: Shape<bigint> = (value, place) => {
  const given = text(60)(value, place);
  const read = snmOf(given);
  const invalid = (why: string, todo: string) =>
    new Failure("The value is not valid", `${place} must be an amount like "12.5 SNM", not "${given}": ${why}`, todo);
  if ("why" in read) throw invalid(read.why, read.todo);
  if (!/SNM\s*$/i.test(given)) throw invalid("the unit is missing", `write "${given.trim()} SNM"`);
  return read.value;
};

/** The shape's value, or `otherwise` where there is none. */
export function withDefault<T>(shape: Shape<T>, otherwise: T): Shape<T> {
  return (value, place) => optional(shape)(value, place) ?? otherwise;
}

/** True or false; false where there is none. */
export const flag: Shape<boolean> = (value, place) => {
  if (value === undefined || typeof value === "boolean") return value ?? false;
  throw new Failure("The value is not valid", `${place} must be true or false, not ${String(value)}`, "correct it");
};

/** A number of 0 … 1. */
export const share: Shape<number> = (value, place) => {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new Failure("The value is not valid", `${place} must be a number 0 … 1, not ${String(value)}`, "correct it");
};

/**
 * Reads the configuration that the command line names.
 * @param optionsOf what this kind of role can be told besides; made with the shape of paths
 * @param flags more flags of the command line, each of which overrides the option of the same name
 */
export function readConfig<Options>(
  args: readonly string[],
  optionsOf: (path: Shape<string>) => Shape<Options>,
  flags: Readonly<Record<string, { readonly type: "string" | "boolean"; readonly option: string }>> = {},
): RoleConfig<Options> {
  const parsed = parseArgs({
    args: [...args],
    options: {
      config: { type: "string" },
      events: { type: "boolean" },
      ...Object.fromEntries(Object.entries(flags).map(([name, { type }]) => [name, { type }])),
    },
  });
  const { config: file, events, ...given } = parsed.values as Record<string, string | boolean | undefined>;
  if (typeof file !== "string") {
    throw new Failure("There is no configuration", "--config is missing", "name one: --config FILE");
  }
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Failure(`The configuration ${file} cannot be read`, (cause as Error).message, "correct it", { cause });
  }
  const overrides = Object.entries(given).map(([name, value]) => [flags[name]?.option ?? name, numeric(value)]);
  const merged = { ...(raw.options as object | undefined), ...Object.fromEntries(overrides) };
  const path: Shape<string> = (value, place) => resolve(dirname(file), text()(value, place));
  const shape = object({
    name: text(100),
    rpc: text(),
    deployment: path,
    keystore: path,
    passwordFile: optional(path),
    data: path,
    net: text(),
    pollMs: withDefault(integer(1, 60_000), 150),
    events: flag,
    options: optionsOf(path),
  });
  return shape({ ...raw, events: events ?? raw.events, options: merged }, file) as RoleConfig<Options>;
}

/** A flag's text that is a plain number, as a number. */
function numeric(value: string | boolean | undefined): unknown {
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}
