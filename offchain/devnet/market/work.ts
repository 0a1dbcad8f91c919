// What the network of `sonm up` has to compute, and what is made of the outputs: a picture, or the words of a file.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadElf, type ProgramImage } from "@sonm/protocol/machine/elf";
import { createMachine, outputOf } from "@sonm/protocol/machine/machine";
import { Failure } from "@sonm/protocol/values/failure";
import { plain } from "@sonm/protocol/values/plain";
import { readNamedFile } from "../../host/access/files.ts";
import { fileOfPackage } from "../../host/access/package.ts";
import { buildImage } from "../../host/image/build.ts";
import { grouped } from "../../host/terminal/terminal.ts";
import { gallery, galleryOf } from "../programs/gallery.ts";
import { assemblePng, renderInput, tilesOf } from "../programs/render.ts";
import { chunksOf, gatherWordCounts, readWordCount } from "../programs/wordcount.ts";

/** What is made of the outputs of all units. */
export type Finished = {
  readonly file: string;
  /** what to say of it */
  readonly lines: readonly string[];
};

export type Work = {
  /** for people: what is computed */
  readonly title: string;
  /** the guest program, an ELF file */
  readonly elf: Uint8Array;
  readonly inputs: readonly Uint8Array[];
  /** Puts the outputs of all units together in `directory`. */
  finish(outputs: readonly Uint8Array[], directory: string): Promise<Finished>;
};

/** m: 8^8 = 16.8 million steps are more than any unit here needs. */
export const EXPONENT = 8;

const PICTURE = { width: 256, height: 192 };
const TILE = { width: 32, height: 24 };
/** A short text is cut into smaller pieces, so that there is work for everybody. */
const CHUNK_BYTES = { least: 256, most: 16 * 1024, count: 24 };
const TOP_WORDS = 5;
/** Characters of a word that are shown. */
const WORD_SHOWN = 40;

function shown(word: string): string {
  const characters = [...word];
  return plain(characters.length > WORD_SHOWN ? `${characters.slice(0, WORD_SHOWN).join("")}…` : word);
}

function guest(name: string): Promise<Uint8Array> {
  return readFile(fileOfPackage(`guest/bin/${name}`));
}

/** A picture of 64 tiles. Another seed, another picture. */
export async function renderWork(seed: number | undefined): Promise<Work> {
  const scene = seed === undefined ? gallery : galleryOf(seed);
  const tiles = tilesOf(PICTURE, TILE);
  return {
    title: `a picture of ${PICTURE.width} × ${PICTURE.height} pixels, ray-traced in ${tiles.length} tiles`,
    elf: await guest("render"),
    inputs: tiles.map((tile) => renderInput(scene, PICTURE, tile)),
    async finish(outputs, directory) {
      const file = join(directory, "picture.png");
      await writeFile(file, assemblePng(outputs));
      return { file, lines: [] };
    },
  };
}

/** The words of a text file. */
export async function wordWork(path: string): Promise<Work> {
  const text = await readNamedFile(path);
  const name = path === "-" ? "standard input" : path;
  if (text.length === 0) {
    throw new Failure("There is nothing to compute", `${name} is empty`, "name a file that has words");
  }
  const { least, most, count } = CHUNK_BYTES;
  const chunks = chunksOf(text, Math.min(most, Math.max(least, Math.ceil(text.length / count))));
  return {
    title: `the words of ${name}, ${grouped(text.length)} bytes in ${chunks.length} chunks`,
    elf: await guest("wordcount"),
    inputs: chunks,
    async finish(outputs, directory) {
      const { words, lines, bytes, distinct } = gatherWordCounts(chunks, outputs.map(readWordCount));
      const ranked = [...distinct].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
      const file = join(directory, "words.tsv");
      await writeFile(file, ranked.map(([word, count]) => `${count}\t${word}\n`).join(""));
      const top = ranked.slice(0, TOP_WORDS).map(([word, count]) => `${shown(word)} ${grouped(count)}`);
      return {
        file,
        lines: [
          `${grouped(words)} words, ${grouped(distinct.size)} of them distinct, in ${grouped(lines)} lines, ${grouped(bytes)} bytes`,
          ...(top.length > 0 ? [`most often: ${top.join(" · ")}`] : []),
        ],
      };
    },
  };
}

/** The output of a unit, computed here: what the network's result is compared with. */
function computeHere({ elf, inputs }: Work): (unit: number) => Uint8Array {
  const program: ProgramImage = loadElf(elf);
  return (unit) => {
    const machine = createMachine(program, inputs[unit] ?? new Uint8Array());
    machine.run(8 ** EXPONENT);
    return outputOf(machine);
  };
}

/** Writes the job's image and inputs to files, as the buyer takes them. */
export async function layOut(directory: string, { elf, inputs }: Work, batchSize: number) {
  const folder = join(directory, "job");
  await mkdir(folder);
  const image = join(folder, "image.tar");
  await writeFile(image, await buildImage(elf));
  const files = inputs.map((_, unit) => join(folder, `input-${String(unit).padStart(6, "0")}.bin`));
  await Promise.all(inputs.map((input, unit) => writeFile(files[unit] as string, input)));
  return { image, inputs: files, out: join(folder, "outputs"), batchSize };
}

/** Whether every output is the one that a run of its unit here gives. `at` gets the number of each unit before it is computed. */
export function checkOutputs(work: Work, outputs: readonly Uint8Array[], at: (unit: number) => void): boolean {
  const compute = computeHere(work);
  return outputs.every((output, unit) => {
    at(unit);
    return Buffer.compare(output, compute(unit)) === 0;
  });
}
