// Events as values. A long history has hundreds of thousands of them, so the hash that names an event is computed once for each kind.
import {
  type Abi,
  type AbiEvent,
  type AbiParameter,
  type ContractEventName,
  decodeAbiParameters,
  type Hex,
  type ParseEventLogsReturnType,
  toEventSelector,
} from "viem";
import type { MinedLog } from "../logs.ts";

/** The events of an interface, as viem's `parseEventLogs` gives them. */
export type EventOf<abi extends Abi> = ParseEventLogsReturnType<abi, ContractEventName<abi>[], true>[number];

/**
 * Makes a function that decodes the events of an interface. It gives undefined for what is none of them. Indexed parameters must be of
 * types that fit into a word.
 */
export function createDecoder<const abi extends Abi>(abi: abi): (log: MinedLog) => EventOf<abi> | undefined {
  const kinds = new Map(
    abi
      .filter((item): item is AbiEvent => item.type === "event")
      .map((event) => [
        toEventSelector(event),
        {
          name: event.name,
          indexed: event.inputs.filter(({ indexed }) => indexed),
          others: event.inputs.filter(({ indexed }) => !indexed),
        },
      ]),
  );
  return (log) => {
    const [selector, ...topics] = log.topics as readonly Hex[];
    const kind = selector && kinds.get(selector);
    if (!kind || topics.length !== kind.indexed.length) return undefined;
    const args: Record<string, unknown> = {};
    try {
      kind.indexed.forEach((parameter, i) => {
        args[parameter.name ?? ""] = valuesIn([parameter], topics[i] ?? "0x")[0];
      });
      const values = kind.others.length === 0 ? [] : valuesIn(kind.others, log.data);
      kind.others.forEach((parameter, i) => {
        args[parameter.name ?? ""] = values[i];
      });
    } catch {
      return undefined;
    }
    return { ...log, eventName: kind.name, args } as unknown as EventOf<abi>;
  };
}

function valuesIn(parameters: readonly AbiParameter[], data: Hex): readonly unknown[] {
  // A 32-byte word is its own value, and most parameters are one.
  if (parameters.length === 1 && parameters[0]?.type === "bytes32") return [data];
  return decodeAbiParameters(parameters, data);
}
