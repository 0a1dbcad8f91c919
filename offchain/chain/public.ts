// What `@sonm/chain` is for others: enough to connect, to know the contracts, and to see which hubs there are. All else is named by
// its subject, such as `@sonm/chain/market/jobs`. It only names things of this package: a first script should need one import.
// biome-ignore-all lint/performance/noBarrelFile: the package's public face
export { connect, latest, type Reader, walletFor } from "./clients.ts";
export { type Addresses, type ContractKey, type Deployment, deploymentOn } from "./deployment.ts";
export { type HubEntry, hubsPage } from "./hub/whitelist.ts";
export { localSigner, type Signer } from "./signer.ts";
