import type { Handlers } from '../../../lambdas/domain/handler.ts';

/** What a handler's file does that imports something that is not in its bundle, or reads what is not set. */
throw new Error('a handler that cannot be loaded');

export const handlers: Readonly<Record<string, Handlers>> = {};
