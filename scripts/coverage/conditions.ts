// Which conditions a Solidity source has, and the same source with a counter around each. Hardhat counts only statements. This also finds
// the branches that share a line with others, and both outcomes of a `require`.
import { createRequire } from "node:module";

/** An atomic condition: an operand of `&&`, `||` and `!` that is none of these itself. */
export type Condition = {
  /** bytes from the beginning of the source; `end` is the first byte after it */
  readonly start: number;
  readonly end: number;
  /** from 1 */
  readonly line: number;
  readonly text: string;
};

type Node = { readonly nodeType?: string; readonly src?: string; readonly [key: string]: unknown };
type Output = { readonly errors?: { formattedMessage: string }[]; readonly sources?: { a?: { ast: Node } } };

const solc: { compile(input: string): string } = createRequire(import.meta.url)("solc");

/** The syntax tree, without looking at imports or types. */
function parse(source: string): Node {
  const settings = { stopAfter: "parsing", outputSelection: { "*": { "": ["ast"] } } };
  const input = { language: "Solidity", sources: { a: { content: source } }, settings };
  const output: Output = JSON.parse(solc.compile(JSON.stringify(input)));
  if (!output.sources?.a) throw new Error(output.errors?.map((error) => error.formattedMessage).join("\n"));
  return output.sources.a.ast;
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null;
const isLogical = ({ nodeType, operator }: Node) =>
  nodeType === "BinaryOperation" && (operator === "&&" || operator === "||");

function operandsOf(node: Node): Node[] {
  if (isLogical(node)) return [node.leftExpression, node.rightExpression].filter(isNode).flatMap(operandsOf);
  if (node.nodeType === "UnaryOperation" && node.operator === "!" && isNode(node.subExpression)) {
    return operandsOf(node.subExpression);
  }
  const inner = node.nodeType === "TupleExpression" && Array.isArray(node.components) ? node.components : [];
  return inner.length === 1 && isNode(inner[0]) ? operandsOf(inner[0]) : [node];
}

/** What a node decides upon, if it decides anything. */
function decisionOf(node: Node): unknown {
  if (isLogical(node)) return node;
  if (node.nodeType !== "FunctionCall") return node.nodeType === "Literal" ? undefined : node.condition;
  const { expression, arguments: given } = node as { expression?: Node; arguments?: unknown[] };
  return expression?.name === "require" ? given?.[0] : undefined;
}

/**
 * The atomic conditions of a source in the order of the text: those of `if`, `?:`, loops and `require`, and the operands of `&&` and
 * `||` everywhere. Conditions written in assembly are not among them.
 */
export function conditionsOf(source: string): Condition[] {
  const bytes = Buffer.from(source);
  const found = new Map<string, Condition>();
  const visit = (value: unknown): void => {
    if (!isNode(value) || value.nodeType === "InlineAssembly") return;
    const decision = decisionOf(value);
    for (const { src = "" } of isNode(decision) ? operandsOf(decision) : []) {
      const [start = 0, length = 0] = src.split(":").map(Number);
      const end = start + length;
      const line = bytes.subarray(0, start).toString().split("\n").length;
      found.set(src, { start, end, line, text: bytes.subarray(start, end).toString().replaceAll(/\s+/g, " ") });
    }
    Object.values(value).forEach(visit);
  };
  visit(parse(source));
  return [...found.values()].sort((a, b) => a.start - b.start || b.end - a.end);
}

/** The library that counts; a condition's value goes through it unchanged. */
export const counterFile = "SonmConditions.sol";
export const counterSource = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

library SonmConditions {
    address private constant OBSERVER = 0xc0bEc0BEc0BeC0bEC0beC0bEC0bEC0beC0beC0BE;

    function _observe(uint256 tag) private view {
        assembly ("memory-safe") {
            mstore(0, tag)
            pop(staticcall(gas(), OBSERVER, 0, 32, 0, 0))
        }
    }

    function _pure(function(uint256) view observe) private pure returns (function(uint256) pure same) {
        assembly ("memory-safe") {
            same := observe
        }
    }

    function seen(uint256 tag, bool value) internal pure returns (bool) {
        _pure(_observe)(value ? tag + 1 : tag);
        return value;
    }
}
`;

/**
 * A tag that differs from those of all other conditions, and from the hashes with which Hardhat tags statements. The tag of `false` is
 * even; that of `true` is the next number.
 */
export function tagOf(file: number, condition: number, value: boolean): bigint {
  return (BigInt(file) << 32n) | (BigInt(condition) << 1n) | (value ? 1n : 0n);
}

/** The source with a counter around every condition, on the same lines. @param counter path of the library as imported from there */
export function withCounters(source: string, file: number, counter: string): string {
  const inserts: { at: number; text: string }[] = [];
  for (const [index, { start, end }] of conditionsOf(source).entries()) {
    inserts.push({ at: start, text: `SonmConditions.seen(${tagOf(file, index, false)}, ` }, { at: end, text: ")" });
  }
  if (inserts.length === 0) return source;
  const bytes = Buffer.from(source);
  const parts: Buffer[] = [];
  let from = 0;
  for (const { at, text } of inserts.sort((a, b) => a.at - b.at)) {
    parts.push(bytes.subarray(from, at), Buffer.from(text));
    from = at;
  }
  parts.push(bytes.subarray(from));
  return `${Buffer.concat(parts)}import {SonmConditions} from "${counter}";\n`;
}
