// What a role reports, as people read it.
import { plain } from "@sonm/protocol/values/plain";
import type { RoleEvent } from "./happenings.ts";

export function textOf({ name, kind, role: _, at: __, ...fields }: RoleEvent): string {
  const details = Object.entries(fields).map(
    ([key, value]) => `${key} ${typeof value === "object" ? JSON.stringify(value) : value}`,
  );
  return plain(`${name}: ${kind} (${details.join(", ")})`);
}
