import { basename } from "node:path";
import { loadElf } from "@sonm/protocol/machine/elf";
import { programRoot } from "@sonm/protocol/machine/machine";
import { keccak } from "@sonm/protocol/merkle/keccak";
import { Command } from "commander";
import { readNamedFile, writeNamedFile } from "../../host/access/files.ts";
import { buildImage } from "../../host/image/build.ts";
import { fields, grouped, hexOf } from "../../host/terminal/terminal.ts";
import { answering, examples } from "../verb.ts";

type Options = { output: string; tag?: string };

/** A tag that Docker accepts, made from the name of a file. */
function tagFrom(path: string): string {
  const name = basename(path)
    .toLowerCase()
    .replace(/\.[^.]*$/, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return `${name || "program"}:latest`;
}

export function imageBuild(): Command {
  const command = new Command("build")
    .summary("package a program as a Docker image, without Docker")
    .description(
      "Writes a static RISC-V program as a Docker image (docker-archive tar, platform linux/riscv64). The same program and tag always " +
        "give the same bytes, whose keccak-256 is the `image` of a job.",
    )
    .argument("<elf>", "static rv64im executable, see guest/README.md")
    .requiredOption("-o, --output <tar>", "where the image goes")
    .option("-t, --tag <name>", "what Docker calls it once loaded (default: the file's name)");
  examples(command, [
    ["sonm image build guest/bin/render -o render.tar", "the program that `npm start` runs"],
    ["docker load -i render.tar && docker image inspect render", "Docker takes it as any other image"],
    ["sonm machine run render.tar --input tile.bin", "and the machine runs it"],
  ]);
  return answering<Options>(command, async ([file = ""], { output, tag = tagFrom(file) }, terminal) => {
    const elf = await readNamedFile(file);
    const program = loadElf(elf);
    const image = await buildImage(elf, tag);
    await writeNamedFile(output, image);
    const hash = hexOf(keccak(image));
    const root = hexOf(programRoot(program));
    return {
      lines: [
        `${terminal.paint("green", "✓")} ${output}`,
        ...fields(terminal, [
          ["tag", tag],
          ["platform", "linux/riscv64"],
          ["size", `${grouped(image.length)} bytes`],
          ["image hash", hash],
          ["program root", root],
          ["entry", `0x${program.entry.toString(16)}`],
        ]),
      ],
      data: {
        output,
        tag,
        platform: "linux/riscv64",
        size: image.length,
        image: hash,
        programRoot: root,
        entry: program.entry,
      },
    };
  });
}
