// 64-bit operations on 32-bit halves. JavaScript engines have no machine code for these operations on BigInt, where they are several times
// slower. (In V8 13.6, of Node 24, they are unsigned comparison and shifts by an amount that is not constant. A value just read from a
// BigInt64Array must not be shifted right by a constant in code that runs often: V8's optimizer then stops with a fatal error.)

/** Whether a < b, both unsigned and given by halves. */
export function lessUnsigned(aLow: number, aHigh: number, bLow: number, bHigh: number): boolean {
  return aHigh === bHigh ? aLow >>> 0 < bLow >>> 0 : aHigh >>> 0 < bHigh >>> 0;
}

/** The high half of a 64-bit number shifted left by 0 … 63; shifts of halves take their amount mod 32. */
export function leftHigh(low: number, high: number, by: number): number {
  return by < 32 ? (high << by) | ((low >>> 1) >>> (31 - by)) : low << by;
}

/** Its low half. */
export function leftLow(low: number, by: number): number {
  return by < 32 ? low << by : 0;
}

/** The low half of a 64-bit number shifted right by 0 … 63. `fill` is what comes in from the left: 0, or the sign (0 or −1). */
export function rightLow(low: number, high: number, by: number, fill: number): number {
  return by < 32 ? (low >>> by) | ((high << 1) << (31 - by)) : rightHigh(high, by - 32, fill);
}

/** Its high half. */
export function rightHigh(high: number, by: number, fill: number): number {
  if (by >= 32) return fill;
  return fill === 0 ? high >>> by : high >> by;
}

const product = new BigInt64Array(1);
const productHalves = new Int32Array(product.buffer);

/** The high 64 bits of the product of two unsigned numbers, from the four products of their halves (mod 2^64). */
export function highProduct(aLow: number, aHigh: number, bLow: number, bHigh: number): bigint {
  const [a0, a1, b0, b1] = [BigInt(aLow >>> 0), BigInt(aHigh >>> 0), BigInt(bLow >>> 0), BigInt(bHigh >>> 0)];
  product[0] = a0 * b0;
  product[0] = a1 * b0 + BigInt((productHalves[1] as number) >>> 0);
  const carry = BigInt((productHalves[1] as number) >>> 0);
  product[0] = a0 * b1 + BigInt((productHalves[0] as number) >>> 0);
  return BigInt.asIntN(64, a1 * b1 + carry + BigInt((productHalves[1] as number) >>> 0));
}
