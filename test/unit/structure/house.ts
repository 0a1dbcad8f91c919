// The house: its rooms, and which may import which. Imports go only one way:
// protocol ← chain ← host ← { agents, verifier } ← devnet ← cli. docs/ARCHITECTURE.md draws it.

/** The npm packages in the house: name → folder. Everything else belongs to the package `sonm`. */
export const packages: Readonly<Record<string, string>> = {
  "@sonm/protocol": "offchain/protocol",
  "@sonm/chain": "offchain/chain",
};

const role = [
  "chain/government",
  "chain/market",
  "chain/money",
  "host/engines",
  "host/net",
  "host/role",
  "host/referees",
];
const roleProtocol = ["protocol/values", "protocol/job", "protocol/result"];

/** Component → the components it may import. A component is the longest prefix of a file's path (without `offchain/`) here. */
export const allowed: Readonly<Record<string, readonly string[]>> = {
  // @sonm/protocol: pure.
  "protocol/values": [],
  "protocol/wasm": [],
  "protocol/merkle": ["protocol/wasm"],
  "protocol/machine": ["protocol/values", "protocol/merkle"],
  "protocol/job": ["protocol/values", "protocol/merkle"],
  "protocol/result": ["protocol/values", "protocol/merkle", "protocol/machine", "protocol/job"],
  "protocol/dispute": ["protocol/values"],

  // @sonm/chain: the contracts as functions, by subject.
  "chain/abi": [],
  "chain/enums": [],
  "chain/errors": ["protocol/values", "protocol/job", "protocol/dispute", "chain/abi", "chain/enums"],
  "chain/transport": ["protocol/values"],
  chain: ["protocol/values", "chain/abi", "chain/errors", "chain/transport"],
  "chain/public": ["chain", "chain/hub"],
  "chain/market": ["protocol/values", "protocol/job", "protocol/result", "protocol/dispute", "chain/abi", "chain"],
  "chain/money": ["protocol/values", "chain/abi", "chain"],
  "chain/hub": [
    "protocol/values",
    "protocol/job",
    "protocol/result",
    "chain/abi",
    "chain/enums",
    "chain/errors",
    "chain",
    "chain/market",
    "chain/money",
  ],
  "chain/government": ["protocol/values", "chain/abi", "chain/enums", "chain/errors", "chain", "chain/money"],
  "chain/rules": ["protocol/values", "chain/errors", "chain", "chain/money", "chain/hub", "chain/government"],

  // Code that needs Node.
  "host/terminal": ["protocol/values"],
  "host/disk": ["protocol/values"],
  "host/access": ["protocol/values", "chain", "host/disk"],
  "host/image": ["protocol/values", "protocol/machine"],
  "host/engines": [
    "protocol/values",
    "protocol/merkle",
    "protocol/machine",
    "protocol/job",
    "protocol/result",
    "protocol/dispute",
    "host/disk",
    "host/image",
  ],
  "host/net": ["protocol/values", "protocol/merkle", "protocol/job", "host/disk"],
  "host/role": [
    ...roleProtocol,
    "chain",
    "chain/market",
    "chain/money",
    "chain/transport",
    "host/disk",
    "host/access",
    "host/engines",
    "host/net",
  ],
  "host/referees": [...roleProtocol, "protocol/dispute", "chain/market", "host/engines", "host/role"],

  // The roles. None imports another.
  "agents/buyer": [...role, ...roleProtocol, "host/access", "host/disk", "chain/abi", "chain/hub"],
  "agents/hub": [...role, ...roleProtocol, "chain/hub"],
  "agents/miner": [...role, ...roleProtocol, "host/disk", "chain", "chain/hub"],
  verifier: [...role, ...roleProtocol],

  // A network on one computer, and the command.
  devnet: [
    ...roleProtocol,
    "protocol/machine",
    "protocol/dispute",
    "chain/abi",
    "chain",
    "chain/market",
    "chain/money",
    "chain/hub",
    "chain/government",
    "chain/rules",
    "host/terminal",
    "host/access",
    "host/image",
    "host/engines",
    "host/net",
    "host/role",
    "agents/buyer",
  ],
  cli: [
    "protocol/values",
    "protocol/merkle",
    "protocol/machine",
    "chain/abi",
    "chain/enums",
    "chain/errors",
    "chain",
    "chain/transport",
    "chain/market",
    "chain/money",
    "chain/hub",
    "chain/government",
    "chain/rules",
    "host/terminal",
    "host/access",
    "host/image",
    "host/engines",
    "host/net",
    "host/role",
    "agents/buyer",
    "agents/hub",
    "agents/miner",
    "verifier",
    "devnet",
  ],
};

/** The component of a file, by its path from the root. A component may be a file alone. */
export function componentOf(path: string): string | undefined {
  const inside = path.replace(/^offchain\//, "").replace(/\.ts$/, "");
  const matches = Object.keys(allowed).filter((name) => inside === name || inside.startsWith(`${name}/`));
  return matches.sort((a, b) => b.length - a.length)[0];
}
