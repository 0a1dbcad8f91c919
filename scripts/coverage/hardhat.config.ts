// The contracts with counters in them, and everything made of them, in a folder of their own: what other tests use stays as it is.
import { defineConfig } from "hardhat/config";
import base from "../../hardhat.config.ts";
import { counterFile } from "./conditions.ts";

export default defineConfig({
  ...base,
  paths: {
    sources: { solidity: ["./coverage/contracts", "./coverage/test/doubles"] },
    tests: { solidity: "./coverage/test", nodejs: "./test" },
    artifacts: "./coverage/artifacts",
    cache: "./coverage/cache",
  },
  coverage: { skipFiles: ["coverage/test/**", `coverage/contracts/${counterFile}`] },
});
