import type { Handlers } from '../../lambdas/domain/handler.ts';

/** The handlers of an app that gives none: all its events are kept. */
export const handlers: Readonly<Record<string, Handlers>> = {};
