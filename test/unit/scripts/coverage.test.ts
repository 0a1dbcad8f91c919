// What counts as a condition, that counting changes nothing else, and that every uncovered condition is reported.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { conditionsOf, tagOf, withCounters } from "../../../scripts/coverage/conditions.ts";
import { coverageOf, readLcov } from "../../../scripts/coverage/report.ts";

/** A contract with a function of this body, and with everything that its conditions may use. */
const contract = (body: string) => `pragma solidity 0.8.34;
contract C {
    function f(uint256 a, bool b) external pure returns (uint256 x) {
        ${body}
    }
}
`;
const textsOf = (body: string) => conditionsOf(contract(body)).map(({ text }) => text);

describe("conditions of a Solidity source", () => {
  it("are those of if, ?:, loops and require", () => {
    assert.deepEqual(textsOf("if (a > 1) x = 1;"), ["a > 1"]);
    assert.deepEqual(textsOf("x = b ? 1 : 2;"), ["b"]);
    assert.deepEqual(textsOf("for (uint256 i = 0; i < a; ++i) x += i;"), ["i < a"]);
    assert.deepEqual(textsOf("while (x < a) ++x;"), ["x < a"]);
    assert.deepEqual(textsOf("do ++x; while (x < a);"), ["x < a"]);
    assert.deepEqual(textsOf('require(a != 0, "zero");'), ["a != 0"]);
  });

  it("are taken apart at && , || and !, wherever these stand", () => {
    assert.deepEqual(textsOf("if (a > 1 && (!b || a < 9)) x = 1;"), ["a > 1", "b", "a < 9"]);
    assert.deepEqual(textsOf("bool c = a > 1 || b; x = 2;"), ["a > 1", "b"]);
  });

  it("may stand inside one another", () => {
    assert.deepEqual(textsOf("if ((b ? a : 7) > 3) x = 1;"), ["(b ? a : 7) > 3", "b"]);
  });

  it("are not looked for in assembly, nor in what decides nothing", () => {
    assert.deepEqual(textsOf("assembly { for {} lt(x, a) {} { x := add(x, 1) } }"), []);
    assert.deepEqual(textsOf("bool c = a > 1; x = a;"), []);
  });

  it("have the line on which they begin, whatever letters stand before them", () => {
    const [condition] = conditionsOf(contract("// “é”\n        if (\n            a == 1\n        ) x = 1;"));
    assert.deepEqual([condition?.line, condition?.text], [6, "a == 1"]);
  });
});

describe("a source with counters", () => {
  it("has the same lines and the same conditions, each with its tag", () => {
    const source = contract("// “é”\n        if ((b ? a : 7) > 3 && a < 9) x = 1;");
    const counted = withCounters(source, 5, "./Counter.sol");
    const seen = (index: number) => `SonmConditions.seen(${tagOf(5, index, false)}, `;
    assert.ok(counted.includes(`if (${seen(0)}(${seen(1)}b) ? a : 7) > 3) && ${seen(2)}a < 9)) x = 1;`), counted);
    assert.ok(counted.startsWith(source.slice(0, source.indexOf("if"))));
    assert.equal(counted.split("\n").length, source.split("\n").length + 1);
  });

  it("stays as it is without conditions", () => {
    const source = contract("x = a;");
    assert.equal(withCounters(source, 5, "./Counter.sol"), source);
  });

  it("has no two conditions with one tag", () => {
    const tags = [0, 1, 2].flatMap((file) =>
      [0, 1, 2].flatMap((one) => [tagOf(file, one, true), tagOf(file, one, false)]),
    );
    assert.equal(new Set(tags).size, tags.length);
  });
});

describe("the report", () => {
  const source = contract("if (a > 1) x = 1;\n        x = 2;");
  const lcov = "TN:\nSF:coverage/contracts/C.sol\nDA:4,1\nDA:5,0\nLH:1\nLF:2\nend_of_record\n";
  const coverage = coverageOf(
    "contracts/C.sol",
    3,
    source,
    conditionsOf(source),
    readLcov(lcov).get("coverage/contracts/C.sol") ?? new Map(),
    new Set([tagOf(3, 0, true), tagOf(2, 0, false)]),
  );
  const line = { file: "contracts/C.sol", line: 5, text: "x = 2;", missing: "line" } as const;
  const way = { file: "contracts/C.sol", line: 4, text: "a > 1", missing: "false" } as const;

  it("counts lines that ran and ways that were taken", () => {
    const { lines, linesRun, branches, branchesTaken } = coverage;
    assert.deepEqual(
      { lines, linesRun, branches, branchesTaken },
      { lines: 2, linesRun: 1, branches: 2, branchesTaken: 1 },
    );
    assert.deepEqual(coverage.holes, [way, line]);
  });
});
