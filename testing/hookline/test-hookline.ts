import type { Handlers } from '../../lambdas/domain/handler.ts';
import { ownOf } from '../../lambdas/domain/own-property.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import { expectedResponse } from '../../verify/expected-response.ts';
import type { GivenRequest } from '../../verify/options.ts';
import { rawRequestOf } from '../../verify/raw-request.ts';
import type { ExpectedResponse } from '../../verify/result.ts';
import { type TestClock, testClock } from './clock.ts';
import {
  type DeliveryState,
  type OutboundOptions,
  outboundInMemory,
  type SentRequest,
  type TestEvent,
} from './outbound.ts';
import type { TestSource } from './settings.ts';
import { type HandlerRun, sourceInMemory } from './source.ts';

/** What a Hookline in memory has. */
export interface TestHooklineOptions extends OutboundOptions {
  /** By name, as in your app. @default none */
  readonly sources?: Readonly<Record<string, TestSource>>;
  /** The handlers of each source, as your registry exports them. @default none */
  readonly handlers?: Readonly<Record<string, Handlers>>;
  /** When it starts, as a date or in unix milliseconds. @default now */
  readonly now?: Date | number;
}

/** The end of one received request. */
export interface Reception {
  /** `accepted`: its events are on the queue, and the handlers have run. `handshake`: a test of the URL was answered. */
  readonly kind: 'accepted' | 'handshake' | 'refused';
  /** Why it was refused, e.g. `mismatch`. */
  readonly reason?: string;
  /** The response to the provider. */
  readonly response: ExpectedResponse;
  /** How each event ended that was handled because of it. */
  readonly runs: readonly HandlerRun[];
}

/** What publishing an event, or some time, has led to. */
export interface Sent {
  /** The requests to endpoints. */
  readonly requests: readonly SentRequest[];
  /** All deliveries of the events that were published so far. */
  readonly deliveries: readonly DeliveryState[];
  /** Why an event cannot be published, as the publish DLQ would have it. */
  readonly refusals: readonly string[];
}

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
export function testHookline(options: TestHooklineOptions = {}) {
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
    /** The endpoints, with their secrets. @throws Problem when one is not valid */
    endpoints: outbound.endpoints,
    /** Lets a source receive a request, and its handlers run. */
    receive: async (source: string, request: GivenRequest): Promise<Reception> =>
      receiveBy(sourceOf(source), rawRequestOf(request)),
    /** Publishes an event, and makes its first requests. */
    publish: (event: TestEvent): Promise<Sent> => sentBy(outbound, () => outbound.publish(event)),
    /** Lets so many seconds pass, with the retries of handlers and deliveries that are due in them. */
    async advance(seconds: number): Promise<Sent & Pick<Reception, 'runs'>> {
      const runs: HandlerRun[] = [];
      const end = clock.now() + seconds * 1000;
      const sent = await sentBy(outbound, () =>
        passTime(end, clock, Object.values(bySource), outbound, (run) => runs.push(run)),
      );
      return { ...sent, runs };
    },
    /** The events that failed for good. */
    deadLetters: (source: string) => sourceOf(source).deadLetters,
    /** The log lines of a source's handlers and of Hookline, with their fields. */
    logs: (source: string) => sourceOf(source).lines,
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
