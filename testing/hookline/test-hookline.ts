import { ownOf } from '../../lambdas/domain/own-property.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import { expectedResponse } from '../../verify/expected-response.ts';
import { rawRequestOf } from '../../verify/raw-request.ts';
import { type TestClock, testClock } from './clock.ts';
import { outboundInMemory } from './outbound.ts';
import { sourceInMemory } from './source.ts';
import type { HandlerRun, Reception, Sent, TestHookline, TestHooklineOptions } from './types.ts';

/** There is no source of this name. */
class UnknownSourceError extends Error {
  override name = 'UnknownSourceError' as const;
}

/**
 * Makes a Hookline in memory, for tests of your handlers and of what your app publishes.
 *
 * It runs the functions' own code, on tables and queues in memory. Its clock stands still: `advance` lets time pass, and
 * with it retries. It needs no network and no AWS account.
 *
 * @example
 * const hookline = testHookline({ sources: { stripe: { provider: 'stripe' } }, handlers: { stripe } });
 * const { runs } = await hookline.receive('stripe', signed.stripe('invoice.paid'));
 */
export function testHookline(options: TestHooklineOptions = {}): TestHookline {
  const { sources = {}, handlers = {} } = options;
  const clock = testClock(Number(options.now ?? Date.now()));
  const bySource = Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [
      name,
      sourceInMemory(name, source, ownOf(handlers, name), clock),
    ]),
  );
  const outbound = outboundInMemory(options, clock);
  const sourceOf = (name: string): MemorySource => {
    const source = ownOf(bySource, name);
    if (source !== undefined) return source;
    const names = Object.keys(sources).join(', ');
    throw new UnknownSourceError(`there is no source '${name}'; the sources are ${names}`);
  };

  return {
    endpoints: outbound.endpoints,
    receive: async (source, request) => receiveBy(sourceOf(source), rawRequestOf(request)),
    publish: (event) => sentBy(outbound, () => outbound.publish(event)),
    async advance(seconds) {
      const runs: HandlerRun[] = [];
      const end = clock.now() + seconds * 1000;
      const sent = await sentBy(outbound, () =>
        passTime(end, clock, Object.values(bySource), outbound, (run) => runs.push(run)),
      );
      return { ...sent, runs };
    },
    deadLetters: (source) => sourceOf(source).deadLetters,
    logs: (source) => sourceOf(source).lines,
  };
}

type MemorySource = ReturnType<typeof sourceInMemory>;
type Outbound = ReturnType<typeof outboundInMemory>;

async function receiveBy(source: MemorySource, request: RawRequest): Promise<Reception> {
  const result = await source.receive(request);
  const { kind } = result;
  const reason = kind === 'refused' ? result.reason : undefined;
  const response = expectedResponse(result, source.provider, request);
  return { kind, reason, response, runs: kind === 'accepted' ? await source.workOff() : [] };
}

/** Does something, and returns what it sent. */
async function sentBy(outbound: Outbound, act: () => Promise<void>): Promise<Sent> {
  const [requests, refusals] = [outbound.requests.length, outbound.refusals.length];
  await act();
  return {
    requests: outbound.requests.slice(requests),
    deliveries: outbound.deliveries(),
    refusals: outbound.refusals.slice(refusals),
  };
}

/** Moves the clock from one thing that is due to the next. */
async function passTime(
  end: number,
  clock: TestClock,
  sources: readonly MemorySource[],
  outbound: Outbound,
  note: (run: HandlerRun) => void,
): Promise<void> {
  for (;;) {
    const next = Math.min(outbound.nextAt(), ...sources.map((source) => source.nextVisibleAt()));
    if (next > end) break;
    clock.moveTo(next);
    for (const source of sources) for (const run of await source.workOff()) note(run);
    await outbound.sweepIfDue();
    await outbound.workOff();
  }
  clock.moveTo(end);
}
