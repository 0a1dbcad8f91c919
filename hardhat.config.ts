import { fileURLToPath } from "node:url";
import toolbox from "@nomicfoundation/hardhat-toolbox-viem";
import { defineConfig } from "hardhat/config";

const compiler = {
  version: "0.8.34",
  path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
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
