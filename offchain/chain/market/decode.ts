// Events as values. A long history has hundreds of thousands of them. So the hash that names an event is computed once for each kind, and
// values of a fixed size are cut out of the data where they stand.
import {
  type Abi,
  type AbiEvent,
  type AbiParameter,
  type ContractEventName,
  decodeAbiParameters,
  getAddress,
  type Hex,
  type ParseEventLogsReturnType,
  toEventSelector,
} from "viem";
import type { MinedLog } from "../logs.ts";

type Known<Event> = Event extends unknown
  ? Pick<Event, Extract<"eventName" | "args" | "blockNumber", keyof Event>>
  : never;

/** The events of an interface, with what viem's `parseEventLogs` calls `eventName` and `args`. */
export type EventOf<abi extends Abi> = Known<ParseEventLogsReturnType<abi, ContractEventName<abi>[], true>[number]>;

/**
 * Makes a function that decodes the events of an interface. It gives undefined for what is none of them. Indexed parameters must be of
 * types that fit into a word.
 */
export function createDecoder<const abi extends Abi>(abi: abi): (log: MinedLog) => EventOf<abi> | undefined {
  const kinds = new Map(
    abi
      .filter((item): item is AbiEvent => item.type === "event")
      .map((event) => {
        const others = event.inputs.filter(({ indexed }) => !indexed);
        const topics = event.inputs
          .filter(({ indexed }) => indexed)
          .map((parameter) => ({ name: parameter.name ?? "", valueIn: readerOf([parameter]) }));
        return [toEventSelector(event), { name: event.name, topics, others, valuesIn: readerOf(others) }];
      }),
  );
  return ({ topics: [selector, ...topics], data, blockNumber }: MinedLog & { readonly topics: readonly Hex[] }) => {
    const kind = selector && kinds.get(selector);
    if (!kind || topics.length !== kind.topics.length) return undefined;
    const args: Record<string, unknown> = {};
    try {
      let at = 0;
      for (const { name, valueIn } of kind.topics) args[name] = valueIn(topics[at++] ?? "0x")[0];
      const values = kind.valuesIn(data);
      at = 0;
      for (const { name = "" } of kind.others) args[name] = values[at++];
    } catch {
      return undefined;
    }
    return { eventName: kind.name, args, blockNumber } as unknown as EventOf<abi>;
  };
}

/** A value that takes so many words, wherever it stands: `valueAt` a word of hexadecimal digits. Throws if it is none of the type. */
type Fixed = { readonly words: number; readonly valueAt: (data: Hex, word: number) => unknown };

/** How the values of parameters are read, as viem's `decodeAbiParameters` does. Throws if they are not all there. */
function readerOf(parameters: readonly AbiParameter[]): (data: Hex) => readonly unknown[] {
  const fixed = parameters.map(fixedOf);
  if (!fixed.every((one) => one !== undefined)) return (data) => decodeAbiParameters(parameters, data);
  const words = fixed.reduce((sum, one) => sum + one.words, 0);
  return (data) => {
    if (data.length < 2 + 64 * words || !/^0x[0-9a-f]*$/i.test(data))
      throw new RangeError(`no ${words} words: ${data}`);
    let word = 0;
    return fixed.map(({ words, valueAt }) => {
      word += words;
      return valueAt(data, word - words);
    });
  };
}

/** How a value is read whose type has a fixed size; undefined for other types. */
function fixedOf(parameter: AbiParameter): Fixed | undefined {
  const { type } = parameter;
  if ("components" in parameter && type === "tuple") return tupleOf(parameter.components);
  const read = valueOfWord(type);
  return read && { words: 1, valueAt: (data, word) => read(`0x${data.slice(2 + 64 * word, 66 + 64 * word)}`) };
}

function valueOfWord(type: string): ((word: Hex) => unknown) | undefined {
  if (type === "bytes32") return (word) => word;
  if (type === "address") return (word) => getAddress(`0x${word.slice(26)}`);
  if (type === "bool") return (word) => fitting(BigInt(word), 1) === 1n;
  const bits = /^uint(\d+)$/.exec(type)?.[1];
  if (bits === undefined) return undefined;
  const size = Number(bits);
  // As in viem: what a number holds is one.
  return size <= 48 ? (word) => Number(fitting(BigInt(word), size)) : (word) => fitting(BigInt(word), size);
}

function fitting(value: bigint, bits: number): bigint {
  if (value >> BigInt(bits) !== 0n) throw new RangeError(`${value} has more than ${bits} bits`);
  return value;
}

function tupleOf(components: readonly AbiParameter[]): Fixed | undefined {
  const parts: (Fixed & { readonly name: string; readonly from: number })[] = [];
  let words = 0;
  for (const component of components) {
    const part = fixedOf(component);
    // viem makes lists of tuples without names.
    if (!part || !component.name) return undefined;
    parts.push({ ...part, name: component.name, from: words });
    words += part.words;
  }
  const valueAt = (data: Hex, word: number) =>
    Object.fromEntries(parts.map(({ name, from, valueAt }) => [name, valueAt(data, word + from)]));
  return { words, valueAt };
}
