import { defineHandlers, type Handlers } from '../../../lambdas/domain/handler.ts';
import { catalogue } from '../../../lambdas/domain/provider/catalogue.ts';
import { genericNames } from '../../../lambdas/domain/provider/generic.ts';

const rows: Readonly<Record<string, object>> = catalogue;

const storing = defineHandlers('hmac', {
  '*': async (event, { log }) => log.info('event.stored', { bytes: event.body.byteLength }),
});

/** Every event of every provider is handled, and so recorded as processed. */
export const handlers: Readonly<Record<string, Handlers>> = Object.fromEntries(
  [...Object.keys(rows), ...genericNames].map((name) => [name, storing]),
);
