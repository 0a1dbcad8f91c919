// The picture of the house in docs/ARCHITECTURE.md is the import table.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { allowed } from "./house.ts";

const picture = readFileSync(new URL("../../../docs/ARCHITECTURE.md", import.meta.url), "utf8");
const [, mermaid = ""] = /```mermaid\n(flowchart[^`]*)```/.exec(picture) ?? [];

/** The floor of a room: the folder that contains it. The four roles are on one floor. */
function floorOf(room: string): string {
  const [floor = room] = room.split("/");
  return floor === "agents" || floor === "verifier" ? "roles" : floor;
}

/** The id of a room or floor in the picture: `protocol/values` is `protocol_values`, the floor `protocol` is `protocol`. */
const idOf = (name: string) => name.replaceAll("/", "_");

/** Whether a floor is one room: then the picture draws no rooms in it. Files directly in a floor's folder are its room `_`. */
const isWhole = (floor: string) => Object.keys(allowed).filter((room) => floorOf(room) === floor).length === 1;
const nodeOf = (room: string) => (room === floorOf(room) && !isWhole(room) ? `${room}_` : idOf(room));

describe("the picture of the house", () => {
  const edges = Object.entries(allowed).flatMap(([from, tos]) => tos.map((to) => [from, to] as const));

  it("has every room, on its floor", () => {
    const drawn: string[] = [];
    for (const [, floor, body = ""] of mermaid.matchAll(/subgraph (\w+) \[.*\]\n([\s\S]*?)\n {2}end/g)) {
      for (const [, node] of body.matchAll(/^ {4}(\w+)\["/gm)) drawn.push(`${floor}: ${node}`);
    }
    for (const [, node] of mermaid.matchAll(/^ {2}(\w+)\["/gm)) drawn.push(`${node}: ${node}`);
    const rooms = Object.keys(allowed).map((room) => `${floorOf(room)}: ${nodeOf(room)}`);
    assert.deepEqual(drawn.sort(), rooms.sort());
  });

  it("has every arrow of the table and no other: from room to room on one floor, from floor to floor else", () => {
    const drawn = [...mermaid.matchAll(/^\s+(\w+) --> ([\w &]+)$/gm)].flatMap(([, from, to = ""]) =>
      to.split(" & ").map((one) => `${from} → ${one}`),
    );
    const wanted = edges.map(([from, to]) =>
      floorOf(from) === floorOf(to)
        ? `${nodeOf(from)} → ${nodeOf(to)}`
        : `${idOf(floorOf(from))} → ${idOf(floorOf(to))}`,
    );
    assert.deepEqual(drawn.sort(), [...new Set(wanted)].sort());
  });
});
