import { randomBytes } from 'node:crypto';

const processId = randomBytes(6).toString('base64url');
let tokens = 0;

/** A text that no other write has, in this process or another. */
export const newToken = (): string => `${processId}${(tokens++).toString(36)}`;
