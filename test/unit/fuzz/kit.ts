// What the tables of decoders have in common.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode, encode, type Value } from "@sonm/protocol/values/codec";
import { toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { addressOf } from "../agents/fixtures.ts";
import type { Format } from "./changes.ts";

export type Decoder = {
  readonly name: string;
  /** real bytes, which it reads */
  readonly seeds: readonly Uint8Array[];
  readonly format?: Format;
  /** Reads bytes, and checks what comes of them. */
  readonly read: (bytes: Uint8Array) => unknown;
  /** the errors that it announces */
  readonly refuses: readonly (abstract new (
    ...args: never[]
  ) => Error)[];
  /** of the cases, if a case takes long */
  readonly share?: number;
};

export const utf8 = (...texts: readonly string[]): Uint8Array[] => texts.map((text) => new TextEncoder().encode(text));
export const json = (...all: readonly unknown[]) => utf8(...all.map((value) => JSON.stringify(value)));
export const filesIn = (folder: string) => {
  const url = new URL(folder, import.meta.url);
  return readdirSync(url).map((name) => new Uint8Array(readFileSync(new URL(name, url))));
};

/** A place for decoders that read a file by its name. */
export const folder = mkdtempSync(join(tmpdir(), "sonm-fuzz-file-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
export const place = join(folder, "file");
export function fileWith(bytes: Uint8Array): string {
  writeFileSync(place, bytes);
  return place;
}

/** What is encoded again and read again is the same. */
export function comesBack(value: unknown): void {
  const bytes = encode(value as Value);
  assert.deepEqual(encode(decode(bytes, 2 ** 21) as Value), bytes);
}

export const account = privateKeyToAccount(toHex(1, { size: 32 }));
export const reader = addressOf(2);
export const NOW = 1_700_000_000_000;
export const isAddress = /^0x[0-9a-fA-F]{40}$/;
export const isHash = /^0x[0-9a-fA-F]{64}$/;

export const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
