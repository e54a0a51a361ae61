import { describe, expect, it } from 'vitest';
import type { ListedDelivery } from '../../lambdas/domain/delivery-record.ts';
import { boundsOf, firstPlace, nextPlace } from '../../lambdas/domain/recovery.ts';
import { later, seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { deliveryIdOf } from '../support/fixtures/ids.ts';

const since = unixMillis(Date.UTC(2026, 10, 25, 23));
const listed = (listedAt: string): ListedDelivery => ({
  id: deliveryIdOf('acme', listedAt, 'prod'),
  listedAt,
});
const page = [listed('1'), listed('2'), listed('3')];

describe('a recovery goes through the index by endpoint', () => {
  it('a recovery begins in the first partition of the day in UTC', () => {
    expect(firstPlace(since)).toEqual({ day: '2026-11-25', shard: 0 });
  });

  it('a recovery stays in a partition after a full page, behind the last delivery of it', () => {
    const place = { day: '2026-11-25', shard: 1, after: '0' };

    expect(nextPlace({ place, until: since }, page, 3)).toEqual({ ...place, after: '3' });
  });

  it('a recovery goes to the next of four partitions after a page that is not full', () => {
    const place = { day: '2026-11-25', shard: 2, after: '2' };

    expect(nextPlace({ place, until: since }, page, 4)).toEqual({ day: '2026-11-25', shard: 3 });
    expect(nextPlace({ place, until: since }, [], 3)).toEqual({ day: '2026-11-25', shard: 3 });
  });

  it('a recovery goes to the next day after the last partition, if its span reaches it', () => {
    const place = { day: '2026-11-25', shard: 3 };
    const midnight = later(since, seconds(3600));

    expect(nextPlace({ place, until: midnight }, [], 3)).toEqual({ day: '2026-11-26', shard: 0 });
    expect(nextPlace({ place, until: unixMillis(midnight - 1) }, [], 3)).toBeUndefined();
  });

  it('a recovery lists what was created within its span, both ends included', () => {
    const span = { since, until: later(since, seconds(60)) };
    const at = (millis: number, id: string) => `${String(millis).padStart(15, '0')}#${id}`;
    const { after, upTo } = boundsOf({ ...span, place: firstPlace(since) });

    expect(after).toBe(at(since, ''));
    expect(upTo).toBe(at(span.until, '~'));
    expect(after < at(since, 'a') && at(span.until, 'z7') < upTo).toBe(true);
    expect(boundsOf({ ...span, place: { ...firstPlace(since), after: '2' } }).after).toBe('2');
  });
});
