import { describe, expect, it } from 'vitest';
import { OwnFaultError } from '../../lambdas/adapters/own-fault.ts';
import { seconds } from '../../lambdas/domain/time.ts';
import { accepted } from '../fakes/outbound-fixtures.ts';
import { outboundWorld } from '../fakes/outbound-world.ts';

const url = 'https://acme.example/hooks';
const message = { id: 'inv-42', type: 'invoice.paid', data: {}, endpoint: { id: 'acme', url } };

describe('a request that cannot be made by a fault of our own', () => {
  it('is no attempt: the delivery waits a minute, and nothing is held against the endpoint', async () => {
    let isWell = false;
    const world = outboundWorld(async () => {
      if (!isWell) throw new OwnFaultError('EMFILE', 'no connection can be made from here');
      return accepted;
    });
    await world.publish(message);

    for (let tries = 0; tries < 20; tries++) {
      await world.deliverOnce();
      world.advance(seconds(60));
    }

    expect(world.delivery()).toMatchObject({
      status: 'pending',
      attempts: 0,
      attemptLog: [],
      crashes: 0,
      lastError: 'not sent: OwnFaultError: no connection can be made from here (EMFILE)',
    });
    expect(world.report.lines.filter(({ line }) => line === 'endpoint.down')).toEqual([]);
    isWell = true;
    await world.run(seconds(120));
    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 1 });
  });
});
