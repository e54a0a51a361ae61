import { describe, expect, it } from 'vitest';
import type { ClaimedDelivery } from '../../../lambdas/domain/delivery-record.ts';
import { later, millis, seconds, toUnixSeconds } from '../../../lambdas/domain/time.ts';
import { type ClaimEnd, planAfter } from '../../../lambdas/outbound/deliver/plan-after.ts';
import { newDelivery } from '../../adapters/dynamodb/deliveries-fixture.ts';
import { accepted, refused } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const { settings, now } = outboundWorld();
const at = now();
const fresh = newDelivery();
const claimed: ClaimedDelivery = {
  ...fresh,
  claims: 1,
  leaseUntil: later(at, settings.lease),
  deadline: later(at, seconds(86_400)),
};
const made = (outcome: Extract<ClaimEnd, { kind: 'made' }>['outcome']): ClaimEnd => ({
  kind: 'made',
  outcome,
  startedAt: at,
  took: millis(120),
});
const planOf = (end: ClaimEnd, delivery = claimed) =>
  planAfter(end, delivery, settings, { now: at, random: 0.5 });
const expiresAt = toUnixSeconds(later(at, settings.deliveryRetention));

describe('the plan after the end of a claim', () => {
  it('the plan after a success: it is recorded, and nothing follows', () => {
    expect(planOf(made(accepted))).toMatchObject({
      kind: 'delivered',
      entry: { n: 1, at, ms: 120, status: 200 },
      record: { status: 'delivered', attempts: 1, lastAttemptAt: at, expiresAt },
    });
  });

  it('the plan after a failure: a retry, after the delay of the schedule', () => {
    const [delay = seconds(0)] = settings.retryDelays;

    expect(planOf(made(refused(503)))).toMatchObject({
      kind: 'retry',
      delay,
      record: { status: 'pending', attempts: 1, nextAttemptAt: later(at, delay), waitsSince: at },
    });
  });

  it('the plan after the last failure: the end of the delivery, looked at by the sweep in a minute', () => {
    const last = { ...claimed, attempts: settings.retryDelays.length };

    expect(planOf(made(refused(503)), last)).toMatchObject({
      kind: 'fail',
      record: { status: 'failed', cause: 'exhausted', dueAt: later(at, seconds(60)), expiresAt },
    });
  });

  it('the plan after an end without an attempt: no attempt is counted', () => {
    const end: ClaimEnd = { kind: 'failed', cause: 'payload-missing', reason: 'it is gone' };

    expect(planOf(end)).toMatchObject({
      kind: 'fail',
      record: { status: 'failed', attempts: 0, cause: 'payload-missing', lastError: 'it is gone' },
    });
    expect(planOf({ kind: 'discarded', reason: 'it was deleted' })).toMatchObject({
      kind: 'discard',
      record: { status: 'discarded', attempts: 0, lastError: 'it was deleted', expiresAt },
    });
  });

  it('the plan after a fault of our own: a retry in a minute that counts as no attempt, under the same deadline', () => {
    const plan = planOf({ kind: 'unready', error: new Error('no socket is left') });

    expect(plan).toMatchObject({
      kind: 'retry',
      delay: 60,
      record: {
        status: 'pending',
        attempts: 0,
        cause: 'unready',
        lastError: 'not sent: Error: no socket is left',
      },
    });
    expect(plan.record).not.toMatchObject({ deadline: expect.anything() });
  });
});
