import { createHash } from 'node:crypto';

/** The hash that names an event without an id of its own. */
export const bodyHash = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');
