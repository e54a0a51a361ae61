import { expect, it } from 'vitest';
import { asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { days, later, seconds, toUnixSeconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { keepEvent } from '../../../lambdas/outbound/sweep/resend.ts';
import { start } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const retention = days(30);
const after = (span: number) => toUnixSeconds(later(start, seconds(span)));

/** Keeps an event that expires so many seconds after now. @returns when it may expire then, and what was written */
async function kept(expiresIn: number) {
  const writes: unknown[] = [];
  const events = {
    ...outboundWorld().events,
    keep: async (...args: readonly unknown[]) => {
      writes.push(args);
      return true;
    },
  };
  const delivery = {
    tenant: asTenantId('acme'),
    eventId: asEventId('e1'),
    eventExpiresAt: after(expiresIn),
    eventKeptFor: days(40),
  };
  return { until: await keepEvent(delivery, unixMillis(start), retention, { events }), writes };
}

it('an event that outlives the retention of its deliveries by two days is not written again', async () => {
  expect(await kept(32 * 86_400 + 1)).toEqual({ until: after(32 * 86_400 + 1), writes: [] });
});

it('an event that would expire sooner is kept as long as a new round needs it', async () => {
  const until = after(40 * 86_400);

  expect(await kept(32 * 86_400)).toEqual({ until, writes: [['acme#e1', until, start]] });
});
