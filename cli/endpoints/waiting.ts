import type * as v from 'valibot';
import type { EndpointView } from '../../lambdas/management/schemas.ts';
import { counted, shortInstant } from '../terminal/table.ts';

type Endpoint = v.InferOutput<typeof EndpointView>;
type Waiting = NonNullable<Endpoint['waiting']>;
type Count = Pick<Waiting, 'count' | 'isExact' | 'since'>;

/** How many deliveries of an endpoint wait, since when, what for, and what a person can do about it. */
export function waitingFacts({
  waiting,
  held,
}: Endpoint): readonly (readonly [string, string | undefined])[] {
  const reason = waiting && reasonOf(waiting);
  return [
    ['waiting', waiting && countOf(waiting)],
    ['waits for', reason?.why],
    ['to do', reason?.action],
    ['held', held && held.count > 0 ? `${countOf(held)}; endpoints enable sends them` : undefined],
  ];
}

const countOf = ({ count, isExact, since }: Count): string => {
  const oldest = since === undefined ? '' : `, the oldest since ${shortInstant(since)}`;
  return `${isExact ? '' : 'more than '}${counted(count, 'delivery', 'deliveries')}${oldest}`;
};

/** The same in a list: `3 since 2026-11-29 08:00 (breaker)`. */
export function waitingCell({ waiting, held }: Endpoint): string {
  const parts = [shortCount(waiting, waiting?.why), shortCount(held, 'held')];
  return parts.filter((part) => part !== undefined).join(', ') || '–';
}

function shortCount(counted: Count | undefined, why: string | undefined): string | undefined {
  if (counted === undefined || counted.count === 0) return undefined;
  const { count, isExact, since } = counted;
  const oldest = since === undefined ? '' : ` since ${shortInstant(since)}`;
  return `${isExact ? '' : 'over '}${count}${oldest}${why === undefined ? '' : ` (${why})`}`;
}

interface Reason {
  readonly why: string;
  readonly action: string;
}

function reasonOf(waiting: Waiting): Reason | undefined {
  const { why, until } = waiting;
  const before = until === undefined ? '' : ` before ${shortInstant(until)}`;
  switch (why) {
    case undefined:
      return undefined;
    case 'breaker':
      return {
        why: `its breaker, which lets nothing through${before}`,
        action: 'mend the endpoint, then run endpoints test: a success sends what waits',
      };
    case 'retry-after':
      return {
        why: `Retry-After: the endpoint asked for no request${before}`,
        action: 'endpoints test asks it now; a success sends what waits',
      };
    case 'schedule':
      return {
        why: 'its schedule: each has failed, and waits for its next attempt',
        action: 'deliveries retry sends one now, endpoints enable all',
      };
    default:
      return limitReason(why, waiting);
  }
}

function limitReason(
  why: Exclude<Waiting['why'], undefined | 'breaker' | 'retry-after' | 'schedule'>,
  waiting: Waiting,
): Reason {
  const { slots } = waiting;
  const atOnce = slots === undefined ? 'fewer requests' : counted(slots.of, 'request');
  const line = lineOf(waiting);
  switch (why) {
    case 'unproven':
      return {
        why: `a response: its last request got none, so it gets ${atOnce} at once${line}`,
        action: 'check that the endpoint responds; the first response raises this limit',
      };
    case 'slow':
      return {
        why: `a quick response: it is slow, so it gets ${atOnce} at once${line}`,
        action: 'endpoints update --max-concurrent gives it more, if it can take more',
      };
    case 'failing':
      return {
        why: `a success: its last requests failed, so it gets ${atOnce} at once${line}`,
        action: 'deliveries list shows what it answers',
      };
    case 'concurrency':
      return {
        why: `its limit of ${atOnce} at once${line}`,
        action: 'endpoints update --max-concurrent raises it, and sends what waits',
      };
    case 'rate':
      return {
        why: `its limit of requests a second${line}`,
        action: 'endpoints update --max-per-second raises it, and sends what waits',
      };
  }
}

function lineOf({ slots, responseMs, lastPlaceAt }: Waiting): string {
  const facts = [
    slots && `${slots.taken} of ${slots.of} slots are taken`,
    responseMs === undefined ? undefined : `it responds after ${responseMs / 1000} s on average`,
    lastPlaceAt && `the last in line goes at ${shortInstant(lastPlaceAt)}`,
  ];
  return facts.map((fact) => (fact === undefined ? '' : `; ${fact}`)).join('');
}
