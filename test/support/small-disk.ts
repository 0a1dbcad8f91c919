// A disk that is soon full.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/**
 * Runs a script (a module) on a disk of 256 KiB, where the system lets this process have one.
 * @param disk folder where the script sees the disk, and is
 * @returns what it has printed; undefined where there is no such disk
 */
export function onSmallDisk(disk: string, script: string): string | undefined {
  mkdirSync(disk, { recursive: true });
  const command = `mount -t tmpfs -o size=256k none ${disk} || exit 77; cd ${disk}; exec "$0" --input-type=module -e "$1"`;
  const { status, stdout, stderr } = spawnSync(
    "unshare",
    ["--user", "--map-root-user", "--mount", "sh", "-c", command, process.execPath, script],
    { encoding: "utf8" },
  );
  if (status === null || status === 77 || /^unshare:/.test(stderr)) return undefined;
  assert.equal(status, 0, stderr);
  return stdout;
}
