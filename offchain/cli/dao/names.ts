// Names of hubs for people. Anybody may give a hub any name, so it is never shown alone: its address comes first.
import { hubNamesOf } from "@sonm/chain/hub/whitelist";
import type { Address } from "@sonm/protocol/values/ids";
import { plain } from "@sonm/protocol/values/plain";
import type { Network } from "../network.ts";

/** An address that is not the beginning of something longer, such as a call's data. */
const ADDRESS = /0x[0-9a-fA-F]{40}(?![0-9a-fA-F])/g;

/** `0x5FbDB231…0aa3` */
function shortAddress(address: string): string {
  return `${address.slice(0, 10)}…${address.slice(-4)}`;
}

/** The same texts, with the name of every hub whose address they hold: `ban 0x5FbDB231…0aa3 (Aurora)`. */
export async function withNames({ reader, deployment }: Network, texts: readonly string[]): Promise<string[]> {
  const found = new Set(texts.flatMap((text) => text.match(ADDRESS) ?? []));
  const names = await hubNamesOf(reader, deployment, [...found] as Address[]);
  return texts.map((text) =>
    text.replaceAll(ADDRESS, (address) => {
      const name = names.get(address as Address);
      return name === undefined ? address : `${shortAddress(address)} (${plain(name)})`;
    }),
  );
}
