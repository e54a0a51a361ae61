import { defineHandlers, type Handlers } from 'hookline/handlers';
import { catalogue, type ProviderName } from '../../../lambdas/domain/provider/catalogue.ts';
import { genericNames } from '../../../lambdas/domain/provider/generic.ts';

const rows: Readonly<Record<string, object>> = catalogue;
const isProvider = (name: string): name is ProviderName =>
  Object.hasOwn(rows, name) || genericNames.some((generic) => generic === name);

const storing = (provider: ProviderName): Handlers =>
  defineHandlers(provider, {
    '*': async (event, { log }) => log.info('event.stored', { bytes: event.body.byteLength }),
  });

/** Every event of every provider is handled, and so recorded as processed. */
export const handlers: Readonly<Record<string, Handlers>> = Object.fromEntries(
  [...Object.keys(rows), ...genericNames].filter(isProvider).map((name) => [name, storing(name)]),
);
