// OCI layouts as other software writes them.
import { gzipSync } from "node:zlib";
import { type Item, sha256, tarOf, wordcountElf } from "./image-parts.ts";

export type Descriptor = { digest: string; mediaType?: string; size?: number; [field: string]: unknown };
export type Blobs = { readonly items: Item[]; put(content: Uint8Array | object): Descriptor };

export function blobsOf(): Blobs {
  const items: Item[] = [];
  return {
    items,
    put(content) {
      const data = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
      const digest = sha256(data);
      if (!items.some(({ name }) => name.endsWith(digest))) items.push({ name: `blobs/sha256/${digest}`, data });
      return { digest: `sha256:${digest}`, size: data.length };
    },
  };
}

/** Puts an image of one layer. */
export async function putImage(
  { put }: Blobs,
  platform = { os: "linux", architecture: "riscv64" },
  program: Uint8Array = wordcountElf,
): Promise<{ manifest: Descriptor; config: Descriptor; layer: Descriptor }> {
  const tar = await tarOf([{ name: "program", data: program }]);
  const config = put({
    ...platform,
    config: { Entrypoint: ["/program"] },
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(tar)}`] },
  });
  const layer = put(gzipSync(tar));
  return { manifest: put({ schemaVersion: 2, config, layers: [layer] }), config, layer };
}

/** The layout with these manifests in its index, and perhaps other files. */
export function layoutOf({ items }: Blobs, manifests: unknown, others: readonly Item[] = []): Promise<Buffer> {
  return tarOf([
    { name: "oci-layout", data: '{"imageLayoutVersion":"1.0.0"}' },
    { name: "index.json", data: JSON.stringify({ schemaVersion: 2, manifests }) },
    ...items,
    ...others,
  ]);
}
