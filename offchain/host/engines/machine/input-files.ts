// Inputs of others as files in one folder, up to a limit. What was not used for longest goes first. Nothing of it outlives the process:
// what a disk has made of a file while nobody looked is not trusted, and everything can be fetched again.
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ContentId } from "@sonm/protocol/values/ids";
import { type ContentFile, contentFile, isThere } from "../../disk/content-file.ts";
import { makeFolders } from "../../disk/folders.ts";

/** A file that stays until it is released. */
export type Held = { readonly file: ContentFile; release(): void };

export type InputFiles = {
  /** The file with this content, fetched if it is not here. Once nobody holds it, it stays as long as there is room. */
  hold(id: ContentId): Promise<Held>;
};

export type InputPlace = {
  readonly folder: string;
  /** bytes of all files together, if what is in use has no more; 4 GiB, if not given */
  readonly most?: number;
  /** puts content into a file, checked by its hash */
  fetchFile(id: ContentId, path: string): Promise<void>;
};

type Entry = { file: Promise<ContentFile>; size: number; users: number };

const MOST = 4 * 2 ** 30;

/** Removes what an earlier process has left. Only for the process that has the data folder. */
export function openInputFiles({ folder, most = MOST, fetchFile }: InputPlace): InputFiles {
  rmSync(folder, { recursive: true, force: true });
  /** in order of use, the least recent first. `size` is 0 until the content has come. */
  const kept = new Map<ContentId, Entry>();
  let removed: Promise<void> = Promise.resolve();

  async function load(id: ContentId): Promise<ContentFile> {
    makeFolders(folder);
    const draft = join(folder, `${randomUUID()}.part`);
    const path = join(folder, id.slice(2).toLowerCase());
    try {
      await fetchFile(id, draft);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    return contentFile(path);
  }

  /** Removes what is not in use until the rest has room. What comes back meanwhile waits for the removal of what it was. */
  function shrink(): void {
    let total = [...kept.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [id, { file, size, users }] of kept) {
      if (total <= most) return;
      if (users > 0) continue;
      total -= size;
      kept.delete(id);
      const remove = async () => {
        const { path } = await file;
        if (!kept.has(id)) await rm(path, { force: true });
      };
      removed = removed.then(remove).catch(() => {});
    }
  }

  return {
    async hold(id) {
      const entry = kept.get(id) ?? { file: removed.then(() => load(id)), size: 0, users: 0 };
      entry.users++;
      // The last used is the last to go.
      kept.delete(id);
      kept.set(id, entry);
      const release = () => {
        entry.users--;
        shrink();
      };
      try {
        const come = entry.file;
        // Somebody may have cleared the folder.
        if (!(await isThere(await come)) && entry.file === come) entry.file = load(id);
        const file = await entry.file;
        entry.size = file.length;
        return { file, release };
      } catch (error) {
        // It may come later, when somebody has published it.
        if (kept.get(id) === entry) kept.delete(id);
        release();
        throw error;
      }
    },
  };
}
