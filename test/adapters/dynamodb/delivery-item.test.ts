import { describe, expect, it } from 'vitest';
import {
  deliveryItem,
  parseClaimed,
  parseDelivery,
  parseDeliveryOf,
} from '../../../lambdas/adapters/dynamodb/deliveries/item.ts';
import {
  type Delivery,
  type DeliveryStatus,
  deliveryStatuses,
} from '../../../lambdas/domain/delivery-record.ts';
import { instant, newDelivery, now, withStatus } from './deliveries-fixture.ts';

const delivery = newDelivery();

/** An item as the table returns it: what is undefined is not there. */
const itemOf = (status: DeliveryStatus, more: object = {}): Record<string, unknown> =>
  JSON.parse(JSON.stringify({ ...deliveryItem(withStatus(delivery, status)), ...more }));

const leftover = {
  cause: 'unready',
  nextAttemptAt: now,
  waitsSince: now,
  leaseUntil: now,
  heldAt: now,
  countedRound: 1,
  dueAt: now,
  expiresAt: 1,
  ofLaterVersion: true,
};

describe('an item of the Deliveries table', () => {
  it.each(deliveryStatuses)('is the delivery that was written, %s', (status) => {
    expect(parseDelivery(itemOf(status))).toStrictEqual(withStatus(delivery, status));
    expect(parseDeliveryOf[status](itemOf(status))).toStrictEqual(withStatus(delivery, status));
  });

  it.each<[DeliveryStatus, readonly string[]]>([
    ['pending', ['cause', 'dueAt', 'leaseUntil', 'nextAttemptAt', 'waitsSince']],
    ['held', ['dueAt', 'heldAt']],
    ['delivered', ['expiresAt']],
    ['failed', ['cause', 'countedRound', 'dueAt', 'expiresAt']],
    ['discarded', ['expiresAt']],
  ])('has no attribute that another status left on it: %s keeps %j', (status, own) => {
    const parsed = parseDelivery(itemOf(status, leftover));

    expect(
      Object.keys(leftover)
        .filter((name) => name in parsed)
        .sort(),
    ).toEqual(own);
  });

  it('of a version without causes, or with others, has none', () => {
    expect(parseDelivery(itemOf('failed'))).not.toHaveProperty('cause');
    expect(parseDelivery(itemOf('failed', { cause: 'of-1.9' }))).toMatchObject({ cause: undefined });
    expect(parseDelivery(itemOf('pending', { cause: 'exhausted' }))).toMatchObject({ cause: undefined });
  });

  it('that failed or was discarded without a reason has an unknown one', () => {
    expect(parseDelivery(itemOf('failed', { lastError: undefined }))).toMatchObject({ lastError: 'unknown' });
    expect(parseDelivery(itemOf('discarded', { lastError: undefined }))).toMatchObject({
      lastError: 'unknown',
    });
  });

  it.each<[DeliveryStatus, object, string]>([
    ['held', { dueAt: undefined }, 'dueAt is missing'],
    ['held', { heldAt: undefined }, 'heldAt is missing'],
    ['delivered', { expiresAt: '9' }, 'expiresAt expected a number, got 1 character'],
    ['pending', { status: 'lost' }, 'status expected one of pending, held, delivered, failed, discarded'],
  ])(
    'that no version has written is refused by its name and attribute: %s with %j',
    (status, more, wrong) => {
      const item = itemOf(status, more);

      expect(() => parseDelivery(item)).toThrow(
        `the item of delivery ${delivery.id} in the Deliveries table is malformed: ${wrong}`,
      );
      expect(() => parseDelivery(item)).toThrow('correct the item');
    },
  );

  it('that is no object is refused', () => {
    expect(() => parseDelivery('x')).toThrow('in the Deliveries table is malformed');
  });

  it('is claimed only with a lease, and has the status that is asked for', () => {
    expect(parseClaimed(itemOf('pending', { leaseUntil: now })).leaseUntil).toBe(now);
    expect(() => parseClaimed(itemOf('pending'))).toThrow('leaseUntil is missing');
    expect(() => parseDeliveryOf.held(itemOf('pending'))).toThrow('status expected held, got 7 characters');
  });
});

// These are proved by the compiler: `npm run check` fails when one of the calls compiles.
it('a delivery has only the fields of its status', () => {
  const held: Delivery = { ...withStatus(delivery, 'held'), status: 'held', heldAt: now, dueAt: instant(1) };
  // @ts-expect-error A held delivery has no lease.
  expect(held.leaseUntil).toBeUndefined();
  // @ts-expect-error A delivered one always expires.
  const delivered: Delivery = { ...delivery, status: 'delivered' };
  expect(delivered).toBeDefined();
});
