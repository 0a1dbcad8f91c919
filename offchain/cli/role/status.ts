// `sonm miner | verifier | buyer status`: what a role says about itself, and what the chain says about its money.
import { resolve } from "node:path";
import { outstandingOf, owedTo } from "@sonm/chain/hub/earnings";
import { claimsOf, openGamesOf } from "@sonm/chain/market/account";
import { stakeOf } from "@sonm/chain/money/stake";
import { showSnm } from "@sonm/protocol/values/amounts";
import { showDate, showMoment, showSpan } from "@sonm/protocol/values/dates";
import { plain } from "@sonm/protocol/values/plain";
import { Command } from "commander";
import { isAddressEqual } from "viem";
import { dataFolderOf } from "../../host/role/data-folder.ts";
import type { RoleName } from "../../host/role/happenings.ts";
import { nodeLine, sentenceOf, shortHashes } from "../../host/role/log.ts";
import { lifeIn, type RoleLife } from "../../host/role/status.ts";
import { fields } from "../../host/terminal/terminal.ts";
import { accountMeant, type NetworkOptions, openNetwork, takesNetwork } from "../network.ts";
import { answering, examples } from "../verb.ts";

/** Contents in quarantine that are shown. `--json` has all. */
const MOST_SUSPECTS = 5;

/** Whether it runs, and what it does or has not finished. Times are real times, because a process runs by them. */
export function lifeLines(role: RoleName, life: RoleLife | undefined, now: number): [string, string][] {
  if (life === undefined) return [["runs", `no, and never has here: \`sonm ${role} start\``]];
  const { running, pid, startedAt, endedAt, at, doing, rests, inHand, failures, aside, nodes = [], quarantine } = life;
  const since = `since ${showDate(startedAt)} (${showSpan(Math.max(0, now - startedAt))})`;
  const runs = running
    ? `yes, ${since}, as process ${pid}`
    : endedAt === null
      ? `no: process ${pid} of ${showDate(startedAt)} was killed, or has failed`
      : `no: it was ended ${showMoment(endedAt, now)}`;
  const does = doing === null ? "has not looked at the chain yet" : sentenceOf({ role, name: role, at, ...doing });
  return [
    ["runs", runs],
    [running ? "does" : "did last", does],
    ...(running && rests
      ? [
          [
            "rests",
            `${rests.why}, until ${rests.until === null ? `\`sonm ${role} resume\`` : showMoment(rests.until, now)}`,
          ] as [string, string],
        ]
      : []),
    ...inHand.map(({ what, state }): [string, string] => ["in hand", shortHashes(plain(`${what}: ${state}`))]),
    ...aside.latest.map((one, i): [string, string] => [
      i === 0 ? `aside (${aside.count})` : "",
      shortHashes(plain(`${showDate(one.at)}: ${one.what}: ${one.why}`)),
    ]),
    ...nodes.map((one): [string, string] => ["node", plain(nodeLine(one).replace(/^node /, ""))]),
    ...quarantine
      .slice(-MOST_SUSPECTS)
      .map((one, i): [string, string] => [
        i === 0 ? `quarantine (${quarantine.length})` : "",
        shortHashes(plain(`${one.name}: not read until ${showDate(one.until)}: ${one.why}`)),
      ]),
    ...failures.map((one): [string, string] => [
      "failed",
      plain(`${showDate(one.at)}: ${one.what}: ${one.why} → ${one.todo}`),
    ]),
  ];
}

export function roleStatus(role: Exclude<RoleName, "hub">): Command {
  const command = takesNetwork(new Command("status"))
    .option("--data <folder>", "the one that it was started with (default: its own below ~/.local/share/sonm)")
    .summary("whether it runs, what it does, what it has at stake")
    .description(
      "Says whether the role of your key runs here, since when, what it does or waits for, its last failures and what to do about them; and " +
        "from the chain its stake, its claims with the time until which they can be challenged, its games, and the pay that hubs owe it.",
    );
  examples(command, [[`sonm ${role} status`, "of your key"]]);
  return answering<NetworkOptions & { readonly data?: string }>(command, async (_, options, terminal) => {
    const me = await accountMeant(undefined, options);
    const { reader, deployment, now } = await openNetwork(options);
    const folder = options.data ? resolve(options.data) : await dataFolderOf(reader, deployment, role, me);
    const life = lifeIn(folder);
    const [market, stake, owed] = await Promise.all([
      claimsOf(reader, deployment, me),
      stakeOf(reader, deployment, me),
      owedTo(reader, deployment, me),
    ]);
    const claims = outstandingOf(market, me);
    const games = await openGamesOf(reader, deployment, me, market.claims);
    const rows: [string, string][] = [
      ["account", me],
      ...lifeLines(role, life, Math.floor(Date.now() / 1000)),
      ["stake", `${showSnm(stake.free)} free, ${showSnm(stake.locked)} locked`],
      ...claims.map(({ claim, amount, settlesFrom, disputed }): [string, string] => [
        "claim",
        `${claim.slice(0, 10)}…: ${showSnm(amount)}, ${
          disputed ? "in dispute" : `can be challenged until ${showMoment(settlesFrom, now)}`
        }`,
      ]),
      ...games.map(({ id, game: { about } }): [string, string] => [
        "game",
        `${id.slice(0, 10)}… about claim ${about.claim.slice(0, 10)}…, against ${isAddressEqual(about.miner, me) ? about.challenger : about.miner}`,
      ]),
      ...owed.map(({ hub, amount }): [string, string] => ["owed", `${showSnm(amount)} by ${plain(hub.name)}`]),
      ["data", folder],
    ];
    return {
      lines: fields(terminal, rows),
      data: {
        account: me,
        running: life?.running ?? false,
        status: life ?? null,
        stake,
        claims,
        games: games.map(({ id, game }) => ({ id, about: game.about })),
        owed: owed.map(({ hub, amount }) => ({ hub: hub.wallet, name: hub.name, amount })),
        data: folder,
        now,
      },
    };
  });
}
