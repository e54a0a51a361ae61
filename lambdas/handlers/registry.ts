/** The handlers of each source, by source name. */
export const handlers = {};
