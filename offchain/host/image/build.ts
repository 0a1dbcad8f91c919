// Writes a program as a Docker image of platform linux/riscv64, without an engine. The same program and name give the same bytes.
// (Docker image specification v1.2, 'Combined Image JSON + Filesystem Changeset Format'.)
import { createHash } from "node:crypto";
import { loadElf } from "@sonm/protocol/machine/elf";
import { packTar } from "./tar.ts";

/** Path of the program in the images that this file builds. */
const PROGRAM_PATH = "/program";

const CREATED = "1970-01-01T00:00:00Z";

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/**
 * A docker-archive tar, as `docker load` takes it, with the program as its only layer and entrypoint.
 * @param elf the program; refused here if the machine could not run it
 * @param tag what the image is called once loaded, such as `render:latest`
 * @throws ElfRefused if the machine cannot run it
 */
export async function buildImage(elf: Uint8Array, tag?: string): Promise<Uint8Array> {
  loadElf(elf);
  const layer = await packTar([{ path: PROGRAM_PATH.slice(1), data: elf, mode: 0o755 }]);
  const layerId = digest(layer);
  const config = json({
    architecture: "riscv64",
    os: "linux",
    created: CREATED,
    config: { Entrypoint: [PROGRAM_PATH], WorkingDir: "/" },
    rootfs: { type: "layers", diff_ids: [`sha256:${layerId}`] },
    history: [{ created: CREATED, created_by: "sonm image build" }],
  });
  const configPath = `${digest(config)}.json`;
  const layerPath = `${layerId}/layer.tar`;
  const manifest = json([{ Config: configPath, RepoTags: tag ? [tag] : null, Layers: [layerPath] }]);
  return packTar([
    { path: "manifest.json", data: manifest, mode: 0o644 },
    { path: configPath, data: config, mode: 0o644 },
    { path: layerPath, data: layer, mode: 0o644 },
  ]);
}
