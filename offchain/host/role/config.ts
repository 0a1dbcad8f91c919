// Where a role's options come from: flags, else a JSON file, else the environment, else defaults. Paths in the file are relative to the
// file. Amounts carry their unit: "12.5 SNM".
import { dirname, resolve } from "node:path";
import { Failure } from "@sonm/protocol/values/failure";
import { type Shape, text } from "@sonm/protocol/values/shape";
import { textOfFile } from "../access/text.ts";
import { DEFAULT_STORE } from "../net/place.ts";
import { nearest } from "./nearest.ts";
import {
  flagOf,
  measured,
  needed,
  type OptionsOf,
  type OptionTable,
  pathTo,
  perhaps,
  type RoleOption,
  urls,
  usually,
  whole,
  words,
} from "./options.ts";

/** What every role needs to know. */
export const commonOptions = {
  rpc: usually(urls, "http://127.0.0.1:8545", "JSON-RPC of a node; again for others that step in when it fails"),
  deployment: needed(pathTo("<file>"), "where the contracts are, the file that `deploy` wrote"),
  keystore: needed(pathTo("<file>"), "your key, see `sonm key new`"),
  passwordFile: perhaps(pathTo("<file>"), "the key's password; else SONM_PASSWORD, else you are asked"),
  net: usually(words(1000, "<url>"), DEFAULT_STORE, "the store through which the roles meet, see `sonm store start`"),
  maxFee: usually(measured("gwei", 1, 1_000_000), 200, "most to be offered for a unit of gas"),
  data: perhaps(pathTo("<folder>"), "journal and status (default: a folder of its own below ~/.local/share/sonm)"),
  confirmations: perhaps(
    whole(0, 10_000, "<blocks>"),
    "how many blocks must follow a block until the role acts on it (default: 0 on a chain of one's own, else 6)",
  ),
  pollMs: usually(measured("milliseconds", 1, 60_000), 150, "between two looks at chain and mail"),
  idleMs: usually(measured("milliseconds", 1, 600_000), 2000, "between two looks, at most, while nothing happens"),
};
type CommonOptions = OptionsOf<typeof commonOptions>;
export type CommonKey = keyof CommonOptions;

export type RoleConfig<Options> = CommonOptions & {
  /** distinguishes it from others of its kind; the kind itself, if no name is given */
  readonly name: string;
  readonly options: Options;
};

/** The sources of a configuration. */
export type Given = {
  /** the configuration file */
  readonly file?: string | undefined;
  /** values of flags, by the option's key: texts, a list of texts, or true */
  readonly flags: Readonly<Record<string, unknown>>;
  /** values of common options from the environment, by key */
  readonly environment?: Readonly<Partial<Record<CommonKey, string | readonly string[]>>>;
};

/**
 * Reads the configuration of one role.
 * @param kind of the role, which is also its name if none is given
 * @param table the options of this kind of role besides `commonOptions`
 * @throws Failure that names the flag, or the place in the file
 */
export function readConfig<Options extends object>(
  kind: string,
  table: OptionTable<Options>,
  { file, flags, environment = {} }: Given,
): RoleConfig<Options> {
  const raw = file === undefined ? {} : objectIn(file);
  const own = raw.options ?? {};
  if (typeof own !== "object" || Array.isArray(own)) throw wrong(file, "`options` is no object");
  refuseUnknown(file, raw, own, Object.keys(table));

  /** The value of one option, from the first place that has it. */
  function optionIn<T>(
    key: string,
    option: RoleOption<T>,
    inFile: unknown,
    place: string,
    fromOutside?: string | readonly string[],
  ): T {
    const here: Shape<string> = (value, at) => resolve(text()(value, at));
    const beside: Shape<string> = (value, at) => resolve(dirname(file ?? "."), text()(value, at));
    if (flags[key] !== undefined) return option.shape(here)(rawOf(option, flags[key]), flagOf(key));
    if (inFile !== undefined && inFile !== null) return option.shape(beside)(inFile, place);
    if (fromOutside !== undefined) return option.shape(here)(rawOf(option, fromOutside), flagOf(key));
    if (option.needed) throw missing(kind, key, option, file === undefined ? undefined : place);
    return option.shape(here)(undefined, place);
  }

  const inCommon = raw as Readonly<Record<string, unknown>>;
  const common = Object.entries(commonOptions).map(([key, option]) => [
    key,
    optionIn<unknown>(key, option, inCommon[key], `${file}.${key}`, environment[key as CommonKey]),
  ]);
  const options = Object.entries<RoleOption<unknown>>(table).map(([key, option]) => [
    key,
    optionIn(key, option, (own as Readonly<Record<string, unknown>>)[key], `${file}.options.${key}`),
  ]);
  return {
    ...(Object.fromEntries(common) as CommonOptions),
    name: text(100)(raw.name ?? kind, `${file}.name`),
    options: Object.fromEntries(options) as Options,
  };
}

/** A flag's value as a file would have it. */
function rawOf({ read }: RoleOption<unknown>, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => read(String(one)));
  return typeof value === "string" ? read(value) : value;
}

function objectIn(file: string): { readonly name?: unknown; readonly options?: unknown } {
  let raw: unknown;
  try {
    raw = JSON.parse(textOfFile(file));
  } catch (cause) {
    throw wrong(file, (cause as Error).message, { cause });
  }
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) throw wrong(file, "it is no object");
  return raw;
}

/**
 * Without this check, an option with a misspelt name, or one beside `options` that belongs into it, would be ignored silently.
 * @param own the names of the options of this kind of role
 */
function refuseUnknown(file: string | undefined, raw: object, options: object, own: readonly string[]): void {
  const places = [
    { place: "options.", given: options, known: own },
    { place: "", given: raw, known: ["name", "options", ...Object.keys(commonOptions)] },
  ];
  const names = places.flatMap(({ place, known }) => known.map((key) => ({ key, path: `${place}${key}` })));
  for (const { place, given, known } of places) {
    const unknown = Object.keys(given).find((key) => !known.includes(key));
    if (unknown === undefined) continue;
    const meant = nearest(
      unknown,
      names.map(({ key }) => key),
    );
    const right = names.find(({ key }) => key === meant);
    throw wrong(file, `it has \`${place}${unknown}\`, but there are only ${known.join(", ")}`, {
      todo: right === undefined ? "correct it" : `write \`${right.path}\``,
    });
  }
}

function wrong(
  file: string | undefined,
  why: string,
  { todo = "correct it", ...options }: ErrorOptions & { readonly todo?: string } = {},
): Failure {
  return new Failure(`The configuration ${file} cannot be read`, why, todo, options);
}

function missing(kind: string, key: string, { about, value }: RoleOption<unknown>, place: string | undefined): Failure {
  const why = `${place ?? flagOf(key)} is missing: ${about}`;
  return new Failure(
    `The ${kind} was not started`,
    why,
    `add ${flagOf(key)} ${value}, or \`${key}\` to a --config file`,
  );
}
