import type { Handlers } from 'hookline/handlers';

/** A handler's file that imports something that is not in its bundle, or reads a setting that is not set. */
throw new Error('a handler that cannot be loaded');

export const handlers: Readonly<Record<string, Handlers>> = {};
