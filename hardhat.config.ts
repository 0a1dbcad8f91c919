import { fileURLToPath } from "node:url";
import toolbox from "@nomicfoundation/hardhat-toolbox-viem";
import { defineConfig } from "hardhat/config";

// One setting for all. Machine.sol needs `viaIR` (too deep a stack without it), and the gas that is promised everywhere else is that of
// code made with it. The doubles could do without, but Hardhat compiles each file that has a setting of its own apart, with everything
// that it imports, which takes longer than `viaIR`.
const compiler = {
  version: "0.8.34",
  path: fileURLToPath(new URL("scripts/solc.cjs", import.meta.url)),
  settings: {
    evmVersion: "osaka",
    viaIR: true,
    optimizer: { enabled: true, runs: 10_000 },
  },
};

export default defineConfig({
  plugins: [toolbox],
  solidity: { profiles: { default: compiler, production: compiler } },
  paths: {
    // Test doubles are compiled beside the contracts, but live with the tests.
    sources: { solidity: ["./contracts", "./test/doubles"] },
    tests: { solidity: "./test", nodejs: "./test" },
  },
});
