import { expect } from 'vitest';
import type {
  Delivery,
  DeliveryStatus,
  FailureRecord,
  HeldDelivery,
  PendingDelivery,
  RetryRecord,
} from '../../../lambdas/domain/delivery-record.ts';
import type { DeliveryStore } from '../../../lambdas/domain/delivery-store.ts';
import { asEndpointId, asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import {
  later,
  millis,
  seconds,
  toUnixSeconds,
  type UnixMillis,
  unixMillis,
} from '../../../lambdas/domain/time.ts';
import { deliveryIdOf } from '../../support/fixtures/ids.ts';

export const now = unixMillis(Date.UTC(2026, 10, 23, 12));
export const instant = (span: number): UnixMillis => later(now, seconds(span));
export const until = { soon: instant(60), lease: instant(80) };

/** A pending delivery that is in the due index. */
type DuePending = PendingDelivery & { readonly dueAt: UnixMillis };

export const newDelivery = (): DuePending => {
  const eventId = asEventId(crypto.randomUUID());
  return {
    id: deliveryIdOf('acme', eventId, 'prod'),
    tenant: asTenantId('acme'),
    eventId,
    eventType: 'invoice.paid',
    endpointId: asEndpointId('prod'),
    url: 'https://acme.example/hooks',
    correlationId: 'c',
    status: 'pending',
    attempts: 0,
    attemptsBefore: 0,
    attemptLog: [],
    claims: 0,
    crashes: 0,
    round: 1,
    sweeps: 0,
    createdAt: now,
    deadline: instant(3600),
    lifetime: millis(3_600_000),
    eventExpiresAt: toUnixSeconds(instant(90 * 86_400)),
    eventKeptFor: seconds(36 * 86_400),
    dueAt: instant(300),
  };
};

/** The delivery as it would be if it were held. */
export const asHeld = (delivery: DuePending): HeldDelivery => ({
  ...delivery,
  status: 'held',
  heldAt: now,
});

/** The delivery as it would be with another status. */
export function withStatus(delivery: DuePending, status: DeliveryStatus): Delivery {
  const { status: _, dueAt: __, cause: ___, ...facts } = delivery;
  const expiresAt = toUnixSeconds(instant(999));
  switch (status) {
    case 'pending':
      return delivery;
    case 'held':
      return asHeld(delivery);
    case 'delivered':
      return { ...facts, status, expiresAt };
    case 'failed':
    case 'discarded':
      return { ...facts, status, lastError: 'answered 503', expiresAt };
  }
}

export const retrying: RetryRecord = {
  status: 'pending',
  attempts: 1,
  attemptLog: [
    { n: 1, at: now, ms: 12, status: 503, sample: 'busy 😀' },
    { n: 2, at: now, ms: 9, status: 301, location: 'https://new.example/hooks' },
    { n: 3, at: now, ms: 5000, error: 'tls: not connected within 5000 ms', phase: 'tls' },
  ],
  lastAttemptAt: now,
  lastError: 'answered 503',
  nextAttemptAt: instant(600),
  waitsSince: now,
  dueAt: instant(720),
};
export const entry = { n: 1, at: now, ms: 5, status: 200 };
export const failed: FailureRecord = {
  status: 'failed',
  attempts: retrying.attempts,
  attemptLog: retrying.attemptLog,
  lastAttemptAt: retrying.lastAttemptAt,
  lastError: retrying.lastError,
  cause: 'exhausted',
  dueAt: now,
  expiresAt: toUnixSeconds(instant(999)),
};

/** Deliveries to begin with. */
export function deliveriesFixture(make: () => Promise<DeliveryStore>) {
  const setUp = async () => {
    const table = await make();
    const delivery = newDelivery();
    expect(await table.create(delivery)).toBeUndefined();
    return { table, delivery, id: delivery.id };
  };
  const claimed = async () => {
    const all = await setUp();
    const write = await all.table.claim(all.id, 1, until);
    if (!write.ok) throw new Error('not claimed');
    return { ...all, claimed: write.delivery };
  };
  return { setUp, claimed };
}
