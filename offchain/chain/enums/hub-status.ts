/** How a hub's wallet can stand, in the order of the contracts' `IHub.Status`. */
export const hubStatuses = ["created", "registered", "idle", "suspected", "punished"] as const;
export type HubStatus = (typeof hubStatuses)[number];
