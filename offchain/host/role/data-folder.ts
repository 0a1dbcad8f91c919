// Where data is kept by default: below the XDG data folder, in a folder for each network, role and key.
import { join } from "node:path";
import type { Reader } from "@sonm/chain/clients";
import type { Deployment } from "@sonm/chain/deployment";
import type { Address } from "@sonm/protocol/values/ids";
import { dataHome, nameOfChain } from "../access/data-home.ts";
import type { RoleName } from "./happenings.ts";

/** The folder of one role with one key in one network. */
export async function dataFolderOf(
  reader: Reader,
  { addresses }: Deployment,
  role: RoleName,
  me: Address,
): Promise<string> {
  const network = `${await nameOfChain(reader)}-${addresses.jobBoard.toLowerCase()}`;
  return join(dataHome(), network, role, me.toLowerCase());
}
