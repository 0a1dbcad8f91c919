// The file that says where the contracts of one network are: `deploy` writes it, everybody else reads it.
import { writeFileSync } from "node:fs";
import { type Deployment, deploymentIn } from "@sonm/chain/deployment";
import { Failure } from "@sonm/protocol/values/failure";
import { textOfFile } from "./text.ts";

const TODO = "name the file that `deploy` wrote for this chain";

/** @throws Failure if the file is missing or holds no deployment */
export function readDeployment(file: string): Deployment {
  let raw: unknown;
  try {
    raw = JSON.parse(textOfFile(file));
  } catch (cause) {
    throw new Failure(`No deployment in ${file}`, (cause as Error).message, TODO, { cause });
  }
  const deployment = deploymentIn(raw);
  if (typeof deployment === "string") throw new Failure(`No deployment in ${file}`, deployment, TODO);
  return deployment;
}

/** Writes the file, or replaces it. */
export function writeDeployment(file: string, deployment: Deployment): void {
  writeFileSync(file, `${JSON.stringify(deployment, null, 2)}\n`);
}
