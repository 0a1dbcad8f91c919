// Everything that reads bytes or texts which others wrote, or which lie on a disk. Each reads real ones, and either returns a value that
// is as it should be, or throws one of the errors that it announces. A new decoder gets a row in one of these tables.
import { fileDecoders } from "./file-decoders.ts";
import { keptDecoders } from "./kept-decoders.ts";
import type { Decoder } from "./kit.ts";
import { letterDecoders } from "./letter-decoders.ts";
import { programDecoders } from "./program-decoders.ts";

export const decoders: readonly Decoder[] = [...letterDecoders, ...programDecoders, ...fileDecoders, ...keptDecoders];
