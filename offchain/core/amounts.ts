// Amounts as people read them: SNM with the unit, never wei.
import { formatEther, parseEther } from "viem";
import { Failure } from "./failure.ts";

/** `1234567000000000000000` wei → `1,234.567 SNM`. */
export function showSnm(wei: bigint | string): string {
  const [whole = "0", fraction] = formatEther(BigInt(wei)).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${grouped}${fraction === undefined ? "" : `.${fraction}`} SNM`;
}

/** What a person typed, in SNM → wei. Refuses anything but a plain decimal number. */
export function readSnm(text: string): bigint {
  const plain = text
    .trim()
    .replace(/\s*SNM$/i, "")
    .replaceAll(",", "");
  if (!/^\d+(\.\d{1,18})?$/.test(plain)) {
    throw new Failure(
      `"${text}" is not an amount of SNM`,
      "an amount is a decimal number with at most 18 digits after the point",
      "write it like 12.5",
    );
  }
  return parseEther(plain);
}
