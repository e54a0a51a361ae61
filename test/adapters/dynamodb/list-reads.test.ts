import { beforeAll, describe, expect, it } from 'vitest';
import { dynamodbDeliveries } from '../../../lambdas/adapters/dynamodb/deliveries/store.ts';
import type { DeliveryStatus } from '../../../lambdas/domain/delivery-record.ts';
import { asEndpointId, asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { days, later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { beforeInstant, listDeliveries } from '../../../lambdas/management/list-deliveries.ts';
import { estimateFailed } from '../../../lambdas/outbound/sweep/estimate-failed.ts';
import { dynamodbInMemory } from '../../../testing/memory/dynamodb/dynamodb.ts';
import { deliveryIdOf } from '../../support/fixtures/ids.ts';
import { newDelivery, now, withStatus } from './deliveries-fixture.ts';
import { countedReads } from './support/counted-reads.ts';

const endpoint = { tenant: asTenantId('acme'), endpointId: asEndpointId('prod') };
const span = { since: later(now, seconds(-days(30))), until: now };
const telemetry = { info: () => undefined, error: () => expect.unreachable() };

// What a list costs is what it shows, however long the history is: 10,000 delivered events over 25 days, and 3 failed ones.
describe('the reads of a list', () => {
  const tables = dynamodbInMemory();

  beforeAll(async () => {
    const table = dynamodbDeliveries(tables.client(), 'Deliveries');
    const add = async (nth: number, status: DeliveryStatus) => {
      const eventId = asEventId(`${status}-${nth}`);
      const id = deliveryIdOf(endpoint.tenant, eventId, endpoint.endpointId);
      const createdAt = unixMillis(now - 1 - (nth / 10_000) * 25 * 86_400_000);
      await table.create(withStatus({ ...newDelivery(), ...endpoint, id, eventId, createdAt }, status));
    };
    for (let nth = 0; nth < 10_000; nth++) await add(nth, 'delivered');
    for (const nth of [100, 5_000, 9_999]) {
      await add(nth, 'failed');
      await add(nth, 'held');
      await add(nth, 'discarded');
    }
  });

  const counting = () => {
    const { client, counted } = countedReads(tables.client());
    return {
      counted,
      ports: { hasTime: () => true, deliveries: dynamodbDeliveries(client, 'Deliveries'), telemetry },
    };
  };

  it.each(['failed', 'held', 'discarded'] as const)(
    'the reads of a list of %s deliveries are a handful beside 10,000 delivered ones',
    async (status) => {
      const { counted, ports } = counting();
      const wanted = { endpoint, since: span.since, before: beforeInstant(now), status, limit: 50 };

      const page = await listDeliveries(wanted, ports);

      expect(page.deliveries.map(({ eventId }) => eventId)).toEqual(
        [100, 5_000, 9_999].map((nth) => `${status}-${nth}`),
      );
      expect(page.next).toBeUndefined();
      expect(counted.units).toBeLessThanOrEqual(6);
      expect(counted.calls).toBeLessThanOrEqual(6);
    },
  );

  it('the reads of an estimate of a recovery are a handful beside 10,000 delivered ones', async () => {
    const { counted, ports } = counting();
    const of = { tenant: endpoint.tenant, id: endpoint.endpointId, createdAt: unixMillis(0) };

    const estimate = await estimateFailed(of, span, () => true, ports.deliveries);

    expect(estimate).toMatchObject({ count: 3, isExact: true });
    expect(counted.units).toBeLessThanOrEqual(6);
  });
});
