// Decimal numbers as people write them, read exactly: into a whole number of the smallest unit, never through a float.

/** A number of smallest units, or why a text is not a number and what to write instead. */
export type Reading = { readonly value: bigint } | { readonly why: string; readonly todo: string };

const PLAIN = /^(0|[1-9]\d*)(?:\.(\d+))?$/;
const GROUPED = /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/;

/**
 * Reads a plain decimal, or one grouped in thousands by commas.
 * @param places the most digits after the point: the value is the number times 10^places
 * @param example a number as it should be written, for people who have to write it again
 */
export function decimalIn(text: string, places: number, example: string): Reading {
  const plain = GROUPED.test(text) ? text.replaceAll(",", "") : text;
  const match = PLAIN.exec(plain);
  if (!match) return refusal(text, example);
  const [, whole = "0", fraction = ""] = match;
  // Zeros at the end say nothing: 1.50 has one place.
  const digits = fraction.replace(/0+$/, "");
  if (digits.length > places) {
    const why = places === 0 ? "it must be a whole number" : `it has at most ${places} digits after the point`;
    return { why, todo: `write ${plainly(whole, digits.slice(0, places))} or another number that has no more` };
  }
  return { value: BigInt(whole + digits.padEnd(places, "0")) };
}

function plainly(whole: string, fraction: string): string {
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/** Names the mistake that can be seen in the text, and what was probably meant. */
function refusal(text: string, example: string): Reading {
  if (/^\d+,\d+$/.test(text)) {
    return { why: "a comma only groups thousands", todo: `write ${meant(text.replace(",", "."))}` };
  }
  if (/^[\d,]+(\.\d*)?$/.test(text) && text.includes(",")) {
    return {
      why: "a comma only groups thousands, three digits each",
      todo: `leave commas out, or write them like 1,000`,
    };
  }
  if (/^[\d.,]+$/.test(text) && /\..*[.,]/.test(text)) {
    return { why: "there is one point at most, and no comma after it", todo: `write it like ${example}` };
  }
  if (/^0\d+(\.\d+)?$|^\.\d+$|^\d+\.$/.test(text)) {
    return {
      why: "a number has digits on both sides of its point, and no zeros in front",
      todo: `write ${meant(text)}`,
    };
  }
  if (/^[-−]/.test(text)) return { why: "it is below 0", todo: `write it like ${example}` };
  return { why: "it is not a decimal number", todo: `write it like ${example}` };
}

/** `.5` → 0.5, `5.` → 5, `007` → 7 */
function meant(text: string): string {
  const [whole = "", fraction = ""] = text.split(".");
  return plainly(whole.replace(/^0+(?=\d)/, "") || "0", fraction);
}
