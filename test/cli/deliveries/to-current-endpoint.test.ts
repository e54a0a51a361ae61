import { expect, it } from 'vitest';
import { seconds } from '../../../lambdas/domain/time.ts';
import { newDelivery } from '../../adapters/dynamodb/deliveries-fixture.ts';
import { cliAws } from '../../support/cli/aws.ts';
import { itemsOf } from '../../support/fixtures/dynamodb-items.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { refused, start } from '../../support/fixtures/outbound.ts';
import { managementWorld } from '../../support/worlds/management-world.ts';

const { url: _, ...delivery } = newDelivery();
const failed = { ...delivery, status: 'failed', generation: 'gen_1', expiresAt: 9_999_999_999 };

it.each([
  [{ deliveries: failed }, /the endpoint prod of acme was deleted/],
  [
    { deliveries: failed, endpoints: newEndpoint(start, { id: 'prod', generation: 'gen_2' }) },
    /another one under that id now: .* --to-current-endpoint/,
  ],
])('deliveries retry refuses a delivery that cannot arrive, with exit code 1: %#', async (tables, reason) => {
  await using aws = await cliAws({ GetItem: itemsOf(tables) });

  const { code, stderr } = await aws.run('deliveries', 'retry', delivery.id);

  expect(code).toBe(1);
  expect(stderr).toMatch(reason);
  expect(aws.inputsOf('UpdateItem')).toEqual([]);
});

/** An endpoint that was created again after its delivery failed. */
async function recovering() {
  const { world, call } = managementWorld();
  const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };
  await call('POST', '/v1/tenants/acme/endpoints', fields);
  await world.publish({ id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} });
  await world.deliverOnce({ ...world.deliverPorts, post: async () => refused(404) });
  await call('DELETE', '/v1/tenants/acme/endpoints/ep_1');
  await call('POST', '/v1/tenants/acme/endpoints', fields);
  world.advance(seconds(1));
  return { world, aws: await cliAws({}, { api: call }) };
}
const since = new Date(start - 1000).toISOString();

it('recover ends with 1 if all that failed was for an earlier endpoint of the id', async () => {
  const { world, aws } = await recovering();

  const { code, stderr } = await aws.run('recover', 'acme', 'ep_1', '--since', since);
  await aws[Symbol.asyncDispose]();

  expect(code).toBe(1);
  expect(stderr).toMatch(/^1 delivery was for an earlier endpoint ep_1, which was deleted: --to-current/m);
  expect(world.delivery().status).toBe('failed');
});

it('recover --dry-run only reports deliveries for an earlier endpoint', async () => {
  const { aws } = await recovering();

  const { code, stdout, stderr } = await aws.run(
    ...['recover', 'acme', 'ep_1', '--since', since, '--dry-run', '--json'],
  );
  await aws[Symbol.asyncDispose]();

  expect([code, JSON.parse(stdout)]).toEqual([0, { count: 0, isExact: true, ofEarlierEndpoint: 1 }]);
  expect(stderr).toMatch(/^1 delivery was for an earlier endpoint/);
});

it('recover --to-current-endpoint sends them to the current one', async () => {
  const { world, aws } = await recovering();

  const { code } = await aws.run('recover', 'acme', 'ep_1', '--since', since, '--to-current-endpoint');
  await aws[Symbol.asyncDispose]();

  expect(code).toBe(0);
  expect(world.delivery()).toMatchObject({ status: 'pending', round: 2 });
});
