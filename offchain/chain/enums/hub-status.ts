/** The statuses of a hub's wallet, in the order of the contracts' `IHub.Status`. */
export const hubStatuses = ["created", "registered", "idle", "suspected", "punished"] as const;
/** The status of a hub's wallet (PROTOCOL.md, section 8.1). */
export type HubStatus = (typeof hubStatuses)[number];
