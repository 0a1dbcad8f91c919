/** The statuses of a hub's wallet, in the order of the contracts' `IHub.Status`. */
export const hubStatuses = ["created", "registered", "idle", "suspected", "punished"] as const;
export type HubStatus = (typeof hubStatuses)[number];
