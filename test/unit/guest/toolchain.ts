// What the tests of guest programs need from the system. Without it they are skipped, with a message.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../../..");

function present(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
}

/** False if compiler and emulator are installed, or required (by CI: the tests then fail); else the reason for skipping a test. */
export const withoutToolchain: string | false =
  process.env.SONM_REQUIRE_DOCKER === "1" || (present("riscv64-unknown-elf-gcc") && present("qemu-riscv64"))
    ? false
    : "needs riscv64-unknown-elf-gcc and qemu-riscv64: apt-get install gcc-riscv64-unknown-elf qemu-user";

/** A folder with the guest programs as Linux processes. */
export function buildForLinux(): string {
  const folder = mkdtempSync(join(tmpdir(), "sonm-guest-"));
  execFileSync("sh", [join(root, "guest/build.sh"), "--linux", folder], { stdio: "pipe" });
  return folder;
}

export type Run = { exitCode: number; output: Uint8Array };

export function runUnderQemu(program: string, input: Uint8Array): Run {
  const done = spawnSync("qemu-riscv64", [program], { input, maxBuffer: 2 ** 28 });
  return { exitCode: done.status ?? -1, output: done.stdout };
}
