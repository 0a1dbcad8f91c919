// `sonm dao params`: the numbers that the DAO has set, their bounds, and changes to come.

import { type LaneName, laneSettingsOf } from "@sonm/chain/government/lanes";
import { showParameter } from "@sonm/chain/government/parameter-text";
import { changeDelayOf, parameterRecordsOf } from "@sonm/chain/government/parameters";
import { showSnm } from "@sonm/protocol/values/amounts";
import { showDuration, showMoment } from "@sonm/protocol/values/dates";
import { Command } from "commander";
import { fields, table } from "../../host/terminal/terminal.ts";
import { type NetworkOptions, openNetwork, takesNetwork } from "../network.ts";
import { answering, examples } from "../verb.ts";

const lanes: readonly LaneName[] = ["slow", "fast"];

export function daoParams(): Command {
  const command = takesNetwork(new Command("params"))
    .summary("the numbers that the DAO has set, and what is about to change")
    .description(
      "Shows every parameter with its value, the bounds that no decision can leave, and a change that waits for its time; then how the DAO " +
        "itself works: who may propose, how long votes and waits take. `sonm dao propose param` changes a parameter.",
    );
  examples(command, [["sonm dao params", "all of them"]]);
  return answering<NetworkOptions>(command, async (_, options, terminal) => {
    const { reader, deployment, now } = await openNetwork(options);
    const [records, changeDelay, ...settings] = await Promise.all([
      parameterRecordsOf(reader, deployment),
      changeDelayOf(reader, deployment),
      ...lanes.map((lane) => laneSettingsOf(reader, deployment, lane)),
    ]);
    const rows = records.map(({ name, value, min, max, next }) => [
      name,
      showParameter(name, value),
      `${showParameter(name, min)} … ${showParameter(name, max)}`,
      next ? `becomes ${showParameter(name, next.value)} on ${showMoment(next.from, now)}` : "",
    ]);
    const lines = settings.flatMap((one, i) => [
      "",
      `${lanes[i] === "slow" ? "slow lane: everything" : "fast lane: suspicions alone"}`,
      ...fields(terminal, [
        ["to propose", `${showSnm(one.threshold)} of votes`],
        ["votes open after", showDuration(one.votingDelay)],
        ["votes take", showDuration(one.votingPeriod)],
        ["quorum", `${one.quorumPercent} % of all SNM: ${showSnm(one.quorum)}`],
        ["then it waits", showDuration(one.timelockDelay)],
      ]),
    ]);
    return {
      lines: [
        ...table(["parameter", "value", "bounds", "change"], rows, 4),
        "",
        terminal.paint(
          "dim",
          `A change takes effect ${showDuration(changeDelay)} after it is carried out, for hubs at their next registration.`,
        ),
        ...lines,
      ],
      data: {
        parameters: records.map(({ next, ...one }) => ({ ...one, next: next ?? null })),
        changeDelay,
        lanes: Object.fromEntries(lanes.map((lane, i) => [lane, settings[i]])),
        now,
      },
    };
  });
}
