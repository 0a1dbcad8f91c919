// The faults that can be put into a TypeScript source: each changes one place, and the source still parses.
import type { ParserOptions } from "prettier";
import { parsers } from "prettier/plugins/babel";

/** Characters `start` to `end` (not included) of `file`, on `line` (from 1), are `before`; the fault is to have `after` there. */
export type Fault = {
  readonly file: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
};

/** A node of Babel's syntax tree; which fields there are depends on `type`. */
type Node = { readonly type: string; readonly start: number; readonly end: number; readonly [field: string]: unknown };

/** Each of a pair stands for the other. */
const mutual = (...pairs: [string, string][]) => new Map(pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));
const shifted = mutual(["<", "<="], [">", ">="], ["===", "!=="], ["==", "!="]);
const swapped = mutual(["+", "-"], ["*", "/"], ["&&", "||"]);
const removable = /^(CallExpression|OptionalCallExpression|AssignmentExpression|UpdateExpression|AwaitExpression)$/;
const predicates = /^(filter|some|every|find|findLast|findIndex|findLastIndex)$/;
/** Types are not run, but these hold an expression that is. */
const typed = /^TS(As|Satisfies|NonNull)Expression$/;

const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === "string";
const childrenOf = (node: Node): Node[] => Object.values(node).flat().filter(isNode);
const isEquality = (node: Node) => node.type === "BinaryExpression" && /^[!=]==?$/.test(String(node.operator));
const isAndOr = (node: Node) => node.operator === "&&" || node.operator === "||";
const isText = (node: unknown) => isNode(node) && /^(StringLiteral|TemplateLiteral)$/.test(node.type);

/** Types, imports, and texts: what people read is not worth a test of every letter. */
function isOfNoInterest(node: Node): boolean {
  if (node.type.startsWith("TS")) return !typed.test(node.type);
  if (node.type === "NewExpression") return /Failure$/.test(String((node.callee as Node).name));
  return /^(ImportDeclaration|ExportAllDeclaration|TemplateLiteral|File)$/.test(node.type);
}

/** Every fault of a source, in the order of their places. */
export function faultsOf(file: string, source: string): Fault[] {
  const tree = parsers["babel-ts"].parse(source, {} as ParserOptions) as { program: Node; comments: Node[] };
  const code = tree.comments.reduce(
    (text, { start, end }) => text.slice(0, start) + " ".repeat(end - start) + text.slice(end),
    source,
  );
  const textOf = ({ start, end }: Pick<Node, "start" | "end">) => source.slice(start, end);
  const found = new Map<string, Fault>();

  function put(start: number, end: number, after: string): void {
    const line = source.slice(0, start).split("\n").length;
    found.set(`${start} ${end} ${after}`, { file, line, start, end, before: source.slice(start, end), after });
  }

  /** Of `a === b` the shifted operator is the same fault; of `a && b` the two operands have theirs. */
  function negate(node: Node): void {
    if (isEquality(node) || isAndOr(node)) return;
    const negated = node.type === "UnaryExpression" && node.operator === "!";
    put(node.start, node.end, negated ? textOf(node.argument as Node) : `!(${textOf(node)})`);
  }

  function emptied(value: unknown): void {
    if (isNode(value) && value.type === "StringLiteral" && value.value !== "") put(value.start, value.end, '""');
  }

  function operation(node: Node): void {
    const [left, right, operator] = [node.left as Node, node.right as Node, String(node.operator)];
    const at = code.indexOf(operator, left.end);
    if (operator === "??") put(at, node.end, "");
    const joinsTexts = operator === "+" && (isText(left) || isText(right));
    const other = shifted.get(operator) ?? (joinsTexts ? undefined : swapped.get(operator));
    if (other !== undefined) put(at, at + operator.length, other);
    if (isAndOr(node)) for (const operand of [left, right]) negate(operand);
    if (shifted.has(operator)) for (const operand of [left, right]) emptied(operand);
  }

  function callback(call: Node): void {
    const { property } = call.callee as { property?: Node };
    const [given] = call.arguments as Node[];
    if (given === undefined || !predicates.test(String(property?.name))) return;
    const body = given.type === "ArrowFunctionExpression" ? (given.body as Node) : undefined;
    if (body === undefined || body.type === "BlockStatement")
      put(given.start, given.end, `(...all) => !(${textOf(given)})(...all)`);
    else if (isAndOr(body)) put(body.start, body.end, `!(${textOf(body)})`);
    else negate(body);
  }

  /** Its condition; and a `return` in it: without that, what stands behind the `if` runs too. */
  function branch(node: Node): void {
    negate(node.test as Node);
    const then = node.consequent as Node;
    const statements = then.type === "BlockStatement" ? (then.body as Node[]) : [then];
    for (const one of statements) if (one.type === "ReturnStatement" && !node.alternate) put(one.start, one.end, ";");
  }

  function spreads(list: Node): void {
    for (const part of childrenOf(list)) {
      const optional = /^(Conditional|Logical)Expression$/.test((part.argument as Node | undefined)?.type ?? "");
      const nothing = list.type === "ObjectExpression" ? "...{}" : "...[]";
      if (part.type === "SpreadElement" && optional) put(part.start, part.end, nothing);
    }
  }

  const rules: Readonly<Record<string, (node: Node) => void>> = {
    IfStatement: branch,
    ConditionalExpression: (node) => negate(node.test as Node),
    BinaryExpression: operation,
    LogicalExpression: operation,
    CallExpression: callback,
    OptionalCallExpression: callback,
    NumericLiteral: ({ start, end, value }) => Number.isSafeInteger(value) && put(start, end, `${Number(value) + 1}`),
    BigIntLiteral: ({ start, end, value }) => put(start, end, `${BigInt(String(value)) + 1n}n`),
    BooleanLiteral: ({ start, end, value }) => put(start, end, `${!value}`),
    ExpressionStatement: (node) => removable.test((node.expression as Node).type) && put(node.start, node.end, ";"),
    ReturnStatement: (node) => emptied(node.argument),
    ArrowFunctionExpression: (node) => emptied(node.body),
    ObjectExpression: spreads,
    ArrayExpression: spreads,
  };

  function visit(node: Node): void {
    if (isOfNoInterest(node)) return;
    rules[node.type]?.(node);
    const isKey = (child: Node) => child === node.key && node.computed !== true;
    for (const child of childrenOf(node)) if (!isKey(child)) visit(child);
  }

  visit(tree.program);
  return [...found.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The source with the fault in it. */
export function withFault(source: string, { start, end, after }: Fault): string {
  return source.slice(0, start) + after + source.slice(end);
}
