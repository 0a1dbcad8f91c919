// A role from its start to its end, with a stub of the network and a real chain.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Failure } from "@sonm/protocol/values/failure";
import { parseEther } from "viem";
import { type Devnet, startDevnet } from "../../../../offchain/devnet/local-chain.ts";
import { writeDeployment } from "../../../../offchain/host/access/deployment-file.ts";
import { createKeystore } from "../../../../offchain/host/access/keystore.ts";
import { readConfig } from "../../../../offchain/host/role/config.ts";
import { dataFolderOf } from "../../../../offchain/host/role/data-folder.ts";
import type { RoleEvent } from "../../../../offchain/host/role/happenings.ts";
import { launchRole } from "../../../../offchain/host/role/launcher.ts";
import type { Transport } from "../../../../offchain/host/role/open.ts";
import { lifeIn } from "../../../../offchain/host/role/status.ts";
import { verifierRole } from "../../../../verifier/role.ts";
import { sonmBeside } from "../../cli/sonm.ts";

describe("the launcher", { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "sonm-launcher-"));
  const deploymentFile = join(folder, "deployment.json");
  const password = join(folder, "password");
  const keystore = join(folder, "key.json");
  let devnet: Devnet;
  const peers: string[] = [];

  /** A network in which nobody ever writes. */
  const silence: Transport = ({ net }, { address }) => {
    peers.push(`${address} at ${net}`);
    return {
      address,
      publish: () => assert.fail("nothing is to be published"),
      publishFile: () => assert.fail("nothing is to be published"),
      fetch: () => assert.fail("nothing is to be fetched"),
      fetchFile: () => assert.fail("nothing is to be fetched"),
      send: () => assert.fail("nothing is to be sent"),
      messages: async (_, since) => ({ messages: [], next: since }),
    };
  };
  const config = (flags: object = {}) =>
    readConfig("verifier", verifierRole.options, {
      flags: { rpc: devnet.url, deployment: deploymentFile, keystore, passwordFile: password, stake: "5", ...flags },
    });

  before(async () => {
    process.env.XDG_DATA_HOME = join(folder, "xdg");
    devnet = await startDevnet();
    writeDeployment(deploymentFile, devnet.deployment);
    writeFileSync(password, "secret");
    const { address } = await createKeystore(keystore, "secret", undefined, 2 ** 10);
    await devnet.endow(address, parseEther("10"));
  });
  after(async () => {
    await devnet.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("opens, serves over the transport that it is given, and ends in order", async () => {
    const events: RoleEvent[] = [];
    let idle = () => {};
    const rested = new Promise<void>((resolve) => {
      idle = resolve;
    });
    const staked = () => events.some(({ kind }) => kind === "staked");
    const running = await launchRole(verifierRole, config({ net: "stub://here" }), silence, (event) => {
      events.push(event);
      if (event.kind === "idle" && staked()) idle();
    });
    const [first] = events;
    assert.ok(first?.kind === "ready");
    const me = first.address;
    assert.deepEqual(peers, [`${me} at stub://here`]);
    const data = await dataFolderOf(devnet.reader, devnet.deployment, "verifier", me);
    assert.ok(data.startsWith(join(folder, "xdg", "sonm", "31337-")), data);
    assert.ok(data.endsWith(join("verifier", me.toLowerCase())), data);
    await rested;
    const life = () => lifeIn(data) ?? assert.fail("there is no status");
    assert.ok(life().running);
    assert.equal(life().doing?.kind, "idle");

    await assert.rejects(
      launchRole(verifierRole, config(), silence, () => {}),
      (failure: Failure) => {
        assert.match(failure.what, /^The journal .* cannot be opened$/);
        assert.equal(failure.why, `process ${process.pid} works with it`);
        return true;
      },
    );
    assert.ok(life().running, "who is refused the journal leaves the status alone");
    await assert.rejects(
      launchRole(verifierRole, config({ data: join(folder, "elsewhere") }), silence, () => {}),
      (failure: Failure) => {
        assert.equal(failure.what, "The verifier was not started");
        assert.equal(failure.why, `process ${process.pid} (verifier) works with the key ${me} already`);
        return true;
      },
      "two roles with one key, in two folders",
    );

    const env = { SONM_RPC: devnet.url, SONM_DEPLOYMENT: deploymentFile, SONM_KEYSTORE: keystore };
    const shown = await sonmBeside(["verifier", "status"], { ...env, XDG_DATA_HOME: join(folder, "xdg") });
    assert.equal(shown.code, 0, shown.err);
    assert.match(shown.out, new RegExp(`^ {2}runs +yes, since .* as process ${process.pid}$`, "m"));
    assert.match(shown.out, /^ {2}does +nothing to do$/m);
    assert.match(shown.out, /^ {2}stake +5 SNM free, 0 SNM locked$/m);

    const account = { ...env, SONM_PASSWORD_FILE: password, XDG_DATA_HOME: join(folder, "xdg") };
    const verb = await sonmBeside(["stake", "deposit", "1"], account);
    assert.equal(verb.code, 0, `a command works beside the role: ${verb.err}`);

    await running.stop();
    assert.ok(!life().running);
    const again = await launchRole(verifierRole, config(), silence, () => {});
    await again.stop();
  });

  it("refuses a deployment of another chain", async () => {
    const other = join(folder, "other.json");
    writeDeployment(other, { ...devnet.deployment, chainId: 1 });
    const launched = launchRole(verifierRole, config({ deployment: other }), silence, () => {});
    await assert.rejects(launched, /This is another chain: .* is chain 31337, the deployment in .*other\.json is on 1/);
  });
});
