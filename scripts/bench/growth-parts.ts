import type { Bench } from "./figure.ts";
import { gamesGrowthBench } from "./growth-games.ts";
import { lookBench } from "./growth-looks.ts";
import { memoryBench } from "./growth-memory.ts";
import { startBench } from "./growth-start.ts";

/** What else belongs to the group `growth`: `growth.ts` has the whole networks. */
export const growthParts: readonly Bench[] = [gamesGrowthBench, lookBench, startBench, memoryBench];
