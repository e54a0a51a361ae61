import { expect, it } from 'vitest';
import { seconds } from '../../lambdas/domain/time.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

const path = '/v1/event-types/order.made';

it('an event type is deleted in the expected version only; one that is created again has a new version', async () => {
  const { world, call } = managementWorld();
  const { etag: first } = await call('PUT', path, { description: 'An order' });
  world.advance(seconds(1));
  const { etag: second } = await call('PUT', path, { description: 'Orders' }, { ifMatch: first });

  expect(await call('DELETE', path, undefined, { ifMatch: first })).toMatchObject({ status: 412 });
  expect(await call('DELETE', path, undefined, { ifMatch: second })).toMatchObject({ status: 204 });
  const { etag: third } = await call('PUT', path, { description: 'An order' });

  expect([first, second]).not.toContain(third);
  expect(await call('PUT', path, {}, { ifMatch: first })).toMatchObject({ status: 412 });
});
