// Wrong images, and images made by other software.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

export const wordcountElf: Uint8Array = readFileSync(join(import.meta.dirname, "../../../../guest/bin/wordcount"));

export type Item = {
  name: string;
  type?: "file" | "symlink" | "link" | "directory" | "fifo";
  to?: string;
  data?: Uint8Array | string;
};

export async function tarOf(items: readonly Item[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, type = "file", to, data = "" } of items) {
    if (type === "file") archive.entry({ name, type }, Buffer.from(data as string));
    else archive.entry({ name, type, ...(to === undefined ? {} : { linkname: to }) });
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export type Parts = {
  architecture?: string;
  os?: string;
  config?: object;
  layers?: readonly (readonly Item[])[];
  /** Changes the layers' bytes after their digests are taken. */
  pressed?: (layer: Buffer) => Uint8Array;
  images?: number;
  diffIds?: readonly string[];
  tag?: string;
};

/** A docker-archive with the given parts; parts that are not given are valid. */
export async function imageOf(parts: Parts = {}): Promise<Buffer> {
  const { architecture = "riscv64", os = "linux", pressed = (layer) => layer, images = 1, tag = "one:latest" } = parts;
  const layers = await Promise.all((parts.layers ?? [[{ name: "program", data: wordcountElf }]]).map(tarOf));
  const config = JSON.stringify({
    architecture,
    os,
    config: parts.config ?? { Entrypoint: ["/program"] },
    rootfs: { type: "layers", diff_ids: parts.diffIds ?? layers.map((layer) => `sha256:${sha256(layer)}`) },
  });
  const names = layers.map((_, i) => `layer-${i}/layer.tar`);
  const image = { Config: "config.json", RepoTags: [tag], Layers: names };
  return tarOf([
    { name: "manifest.json", data: JSON.stringify(Array.from({ length: images }, () => image)) },
    { name: "config.json", data: config },
    ...layers.map((layer, i) => ({ name: names[i] ?? "", data: pressed(layer) })),
  ]);
}

/** An image that names one layer so many times. */
export async function repeated(layer: Uint8Array, content: Uint8Array, times: number): Promise<Buffer> {
  const config = {
    os: "linux",
    architecture: "riscv64",
    config: { Entrypoint: ["/program"] },
    rootfs: { diff_ids: Array(times).fill(`sha256:${sha256(content)}`) },
  };
  return tarOf([
    { name: "manifest.json", data: JSON.stringify([{ Config: "c", Layers: Array(times).fill("layer") }]) },
    { name: "c", data: JSON.stringify(config) },
    { name: "layer", data: layer },
  ]);
}

/** A small image of 64 MiB, and of 1.25 GiB if its layer is read as often as it is named. */
export async function layerBomb(): Promise<Buffer> {
  const content = await tarOf([
    { name: "program", data: wordcountElf },
    { name: "zeros", data: Buffer.alloc(2 ** 26) },
  ]);
  return repeated(gzipSync(content, { level: 1 }), content, 20);
}
