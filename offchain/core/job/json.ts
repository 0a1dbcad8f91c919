// A job as text: one canonical encoding, so that equal jobs are equal bytes, and a decoder that explains what it refuses.
import { getAddress, isAddress, isHex, size } from "viem";
import { Failure } from "../failure.ts";
import type { Hex } from "../types.ts";
import { type Job, jobTypes } from "./job.ts";

const fields = jobTypes.Job;
type Field = (typeof fields)[number];

const ZERO = `0x${"0".repeat(64)}`;

function refuse(field: string, why: string, todo: string): never {
  throw new Failure("The job is not valid", `\`${field}\` ${why}`, todo);
}

/** Greatest value of an unsigned ABI type, such as `uint32`. */
function maxOf(type: string): bigint {
  return 2n ** BigInt(type.slice("uint".length)) - 1n;
}

/** Integers of up to 48 bits are numbers in the ABI mapping that `Job` follows, wider ones bigints. */
function isWide(type: string): boolean {
  return Number(type.slice("uint".length)) > 48;
}

/**
 * One line of JSON with the fields in the order of the struct: addresses with their checksum, hashes in lower case, integers of
 * more than 48 bits as decimal strings.
 */
export function encodeJob(job: Job): string {
  checkJob(job);
  const entries = fields.map(({ name, type }) => {
    const value = job[name];
    if (type === "address") return [name, getAddress(value as Hex)];
    if (typeof value === "bigint") return [name, value.toString()];
    return [name, type === "bytes32" ? (value as Hex).toLowerCase() : value];
  });
  return JSON.stringify(Object.fromEntries(entries));
}

/** Reads a job back from JSON. Refuses missing and unknown fields, wrong types and impossible terms. */
export function decodeJob(text: string): Job {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new Failure("The job is not valid", "the text is not JSON", "pass one JSON object", { cause });
  }
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    throw new Failure("The job is not valid", "the text is not a JSON object", "pass one JSON object");
  }
  const given = raw as Record<string, unknown>;
  for (const name of Object.keys(given)) {
    if (!fields.some((field) => field.name === name)) {
      refuse(name, "is no field of a job", `use these: ${fields.map((field) => field.name).join(", ")}`);
    }
  }
  const job = Object.fromEntries(fields.map((field) => [field.name, decodeField(field, given[field.name])])) as Job;
  checkJob(job);
  return job;
}

function decodeField({ name, type }: Field, value: unknown): unknown {
  if (value === undefined) refuse(name, "is missing", "give all twenty fields");
  if (!type.startsWith("uint") || !isWide(type)) return value;
  if (typeof value !== "string" || !/^(0|[1-9][0-9]*)$/.test(value)) {
    refuse(name, `is ${JSON.stringify(value)}`, "write it as a decimal string without leading zeros");
  }
  return BigInt(value);
}

/** Throws unless every field has its type and the terms are ones that `JobBoard` could accept under some parameters. */
export function checkJob(job: Job): void {
  for (const field of fields) checkField(field, job[field.name]);
  if (job.units < 1) refuse("units", "is 0", "a job has at least one unit");
  if (job.batchSize < 1 || job.batchSize > 32_768) {
    refuse("batchSize", `is ${job.batchSize}`, "choose 1 … 32,768 units a batch");
  }
  if (job.exponent % 2 !== 0 || job.exponent < 2 || job.exponent > 16) {
    refuse("exponent", `is ${job.exponent}`, "choose an even number, 2 … 16: a run has 8^exponent steps");
  }
  if (job.entry >= 2n ** 32n || job.entry % 4n !== 0n) {
    refuse("entry", `is ${job.entry}`, "an entry is a multiple of 4 below 2^32");
  }
  if (job.price === 0n) refuse("price", "is 0", "a unit costs at least 1 wei");
  if (job.bond > job.deposit) {
    refuse(
      "bond",
      `(${job.bond} wei) is above the deposit (${job.deposit} wei)`,
      "raise the deposit or lower the bond",
    );
  }
  for (const name of ["buyer", "hub", "referee", "machine"] as const) {
    if (BigInt(job[name]) === 0n) refuse(name, "is the zero address", "name a real one");
  }
}

function checkField({ name, type }: Field, value: unknown): void {
  if (type === "address") {
    if (typeof value !== "string" || !isAddress(value)) {
      refuse(
        name,
        `is ${JSON.stringify(value)}`,
        "write an address: 0x and 40 hexadecimal digits, checksum right or absent",
      );
    }
  } else if (type === "bytes32") {
    if (!isHex(value) || size(value) !== 32) {
      refuse(name, `is ${JSON.stringify(value)}`, `write 32 bytes as in ${ZERO}`);
    }
  } else if (isWide(type)) {
    if (typeof value !== "bigint" || value < 0n || value > maxOf(type)) {
      refuse(name, `is ${String(value)}`, `an integer 0 … ${maxOf(type)} is needed`);
    }
  } else if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > Number(maxOf(type))) {
    refuse(name, `is ${JSON.stringify(value)}`, `an integer 0 … ${maxOf(type)} is needed`);
  }
}
