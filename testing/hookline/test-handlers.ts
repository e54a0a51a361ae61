import type { Handlers } from '../../lambdas/domain/handler.ts';
import type { GivenRequest } from '../../verify/options.ts';
import type { TestSource } from './settings.ts';
import type { HandlerRun } from './source.ts';
import { testHookline } from './test-hookline.ts';

/** The request did not verify, or it is not an event. */
class NoEventError extends Error {
  override name = 'NoEventError' as const;
}

/**
 * Makes a function of a source's handlers, which takes a signed request and says how its event ended.
 *
 * A handler that throws does not make it throw: `error` of the run has what it threw.
 *
 * @param source further settings of the source, e.g. its `secret`; required for `hmac`, `token` and `ed25519`
 * @example
 * const handler = testHandlers(stripe);
 * const run = await handler(signed.stripe('invoice.paid', { data: { object: { id: 'in_1' } } }));
 * expect(run.status).toBe('processed');
 */
export function testHandlers(
  handlers: Handlers,
  source: Omit<TestSource, 'provider'> = {},
): (request: GivenRequest) => Promise<HandlerRun> {
  const { provider } = handlers;
  const sources = { [provider]: { ...source, provider } };
  const hookline = testHookline({ sources, handlers: { [provider]: handlers } });
  return async (request) => {
    const { kind, reason, runs } = await hookline.receive(provider, request);
    const [run] = runs;
    if (run === undefined) throw new NoEventError(`${provider}: ${reason ?? `${kind}, without an event`}`);
    return run;
  };
}
