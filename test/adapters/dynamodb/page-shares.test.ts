import { expect, it } from 'vitest';
import { QueryCommand } from '../../../lambdas/adapters/dynamodb/commands.ts';
import { dynamodbStopped } from '../../../lambdas/adapters/dynamodb/deliveries/stopped.ts';
import { dynamodbKept } from '../../../lambdas/adapters/dynamodb/inbound-events/kept.ts';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { keptIndex, stoppedIndex } from '../../../lambdas/domain/tables.ts';
import { clientBy } from '../../../testing/memory/command-client.ts';

/** An index whose partitions each have more items than a page, of different instants; and the limits of its queries. */
function fullIndex() {
  const limits: unknown[] = [];
  const client = clientBy(async (command) => {
    if (!(command instanceof QueryCommand)) throw new Error('not a query');
    const { Limit = 0 } = command.input;
    limits.push(Limit);
    const Items = Array.from({ length: Limit }, (_, n) => ({ id: `id${n}`, keptAt: n, createdAt: n }));
    return { Items, LastEvaluatedKey: Items.at(-1) };
  });
  return { client, limits };
}

it.each([
  [20, 10],
  [160, 20],
])('of a list of %i kept events, each partition is read once, %i items of it', async (limit, share) => {
  const { client, limits } = fullIndex();

  await dynamodbKept(client, 'InboundEvents').listKept(
    { keptDay: 'stripe#2026-11-18', status: 'failed' },
    limit,
  );

  expect(limits).toEqual(Array.from({ length: keptIndex.shards + 1 }, () => share));
});

it.each([
  [10, 10],
  [100, 50],
])(
  'of a list of %i stopped deliveries, each partition is read once, %i items of it',
  async (limit, share) => {
    const { client, limits } = fullIndex();
    const endpoint = { tenant: asTenantId('acme'), endpointId: asEndpointId('prod') };
    const bounds = { above: '', below: '~', order: 'oldest first' } as const;

    await dynamodbStopped(client, 'Deliveries').stopped(endpoint, ['failed'], bounds, limit);

    expect(new Set(limits)).toEqual(new Set([share]));
    expect(limits.length).toBeGreaterThanOrEqual(stoppedIndex.shards);
  },
);
