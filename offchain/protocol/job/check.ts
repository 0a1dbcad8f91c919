// What every job must fulfil, no matter who made it. A refusal names the field.
import { isAddress } from "viem";
import { Failure } from "../values/failure.ts";
import { said } from "../values/shape.ts";
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
 * Checks that every field has its type, and that `JobBoard` could accept the terms under some parameters.
 * @throws Failure that names the first wrong field, and what to write instead
 */
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
  // A referee that judges by other means than a machine has none, and then its jobs have none: `IReferee.machine`.
  for (const name of ["buyer", "hub", "referee"] as const) {
    if (BigInt(job[name]) === 0n) refuse(name, "is the zero address", "name a real one");
  }
}

/** A field's value in an error. Text has its quotes. */
function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(said(value)) : said(value);
}

function checkField({ name, type }: Field, value: unknown): void {
  if (type === "address") {
    if (typeof value !== "string" || !isAddress(value)) {
      refuse(name, `is ${shown(value)}`, "write an address: 0x and 40 hexadecimal digits, checksum right or absent");
    }
  } else if (type === "bytes32") {
    if (typeof value !== "string" || !/^0x[0-9a-fA-F]{64}$/.test(value)) {
      refuse(name, `is ${shown(value)}`, `write 32 bytes as in ${ZERO}`);
    }
  } else if (isWide(type)) {
    if (typeof value !== "bigint" || value < 0n || value > maxOf(type)) {
      refuse(name, `is ${shown(value)}`, `an integer 0 … ${maxOf(type)} is needed`);
    }
  } else if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > Number(maxOf(type))) {
    refuse(name, `is ${shown(value)}`, `an integer 0 … ${maxOf(type)} is needed`);
  }
}
