// What is wrong with an answer that has a form that it cannot have. Whoever asked would take it for what the chain says, and no other node
// would step in. Pure.
import type { Call, Trouble } from "./trouble.ts";

/** A number in hexadecimal that fits a double: of a block, of a log, a time in unix seconds. */
const isQuantity = (value: unknown): value is string =>
  typeof value === "string" && /^0x[0-9a-fA-F]{1,13}$/.test(value);
const isBytes = (value: unknown, length?: number): boolean =>
  typeof value === "string" &&
  (length === undefined ? value.length % 2 === 0 : value.length === 2 + 2 * length) &&
  /^0x[0-9a-fA-F]*$/.test(value);
const isHash = (value: unknown): boolean => isBytes(value, 32);
const isMissing = (value: unknown): boolean => value === undefined || value === null;

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const blockFields: Readonly<Record<string, (value: unknown) => boolean>> = {
  number: isQuantity,
  hash: isHash,
  parentHash: isHash,
  timestamp: isQuantity,
};

const logFields: Readonly<Record<string, (value: unknown) => boolean>> = {
  address: (value) => isBytes(value, 20),
  topics: (value) => Array.isArray(value) && value.length <= 4 && value.every(isHash),
  data: (value) => isBytes(value),
  blockNumber: isQuantity,
  blockHash: isHash,
  // Older nodes do not say it.
  blockTimestamp: (value) => isMissing(value) || isQuantity(value),
  transactionHash: isHash,
  logIndex: isQuantity,
};

/** The first field of an object that is not as it must be. */
function wrongField(value: unknown, fields: typeof blockFields): string | undefined {
  if (!isObject(value)) return "form";
  return Object.keys(fields).find((name) => fields[name]?.(value[name]) === false);
}

/** The number of the newest block in an answer that is one; null if the node says that there is none. */
export function headIn({ method, params }: Call, answer: unknown): number | null | undefined {
  if (method === "eth_blockNumber") return isQuantity(answer) ? Number(answer) : null;
  if (method !== "eth_getBlockByNumber" || params?.[0] !== "latest") return undefined;
  return isObject(answer) && isQuantity(answer.number) ? Number(answer.number) : null;
}

/** @param head number of the newest block that the node has told */
export function faultOf({ method, params = [] }: Call, answer: unknown, head: number | undefined): Trouble | undefined {
  const garbled = (why: string): Trouble => ({ kind: "garbled", why });
  if (headIn({ method, params }, answer) === null) return garbled("it has no latest block");
  if (method === "eth_getLogs") {
    if (!Array.isArray(answer)) return garbled("it has no list of logs");
    for (const log of answer) {
      const wrong = wrongField(log, logFields);
      if (wrong !== undefined) return garbled(`a log has no valid ${wrong}`);
    }
    return undefined;
  }
  if (method !== "eth_getBlockByNumber" && method !== "eth_getBlockByHash") return undefined;
  const [which] = params;
  if (answer === null) {
    const isPast = method === "eth_getBlockByNumber" && isQuantity(which) && Number(which) <= (head ?? -1);
    return isPast ? { kind: "behind", why: `it no longer has block ${Number(which)}` } : undefined;
  }
  // A block that is still to come has neither number nor hash.
  const wrong = which === "pending" ? undefined : wrongField(answer, blockFields);
  return wrong === undefined ? undefined : garbled(`a block has no valid ${wrong}`);
}
