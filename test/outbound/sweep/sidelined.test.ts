import { expect, it } from 'vitest';
import { asTenantId } from '../../../lambdas/domain/ids.ts';
import { type Seconds, seconds } from '../../../lambdas/domain/time.ts';
import { endpointHashOf } from '../../support/fixtures/ids.ts';
import { refused, start } from '../../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';

const limiterKey = endpointHashOf('acme', 'ep_1');
const event = { id: 'a', type: 'invoice.paid', tenant: asTenantId('acme'), data: {} };

/** A delivery whose endpoint is slow, and whose tasks nobody takes for a day. */
async function sweptFor(hours: number, isTried: boolean, slowFor: Seconds) {
  const { world } = await worldWithOneEndpoint(() => refused(503));
  await world.publish(event);
  if (isTried) await world.deliverOnce();
  const sentAt: number[] = [];
  for (let minute = 0; minute < hours * 60; minute++) {
    const isSlow = minute * 60 < slowFor;
    const state = { slots: {}, failures: 0, probes: 0, ...(isSlow && { slowAt: world.now() }) };
    world.limiter.limiter.set(limiterKey, state);
    world.advance(seconds(60));
    if ((await world.sweep()).tasks > 0) sentAt.push(Math.round((world.now() - start) / 60_000));
  }
  return sentAt.map((at, nth) => at - (sentAt[nth - 1] ?? at)).slice(1);
}

it.each([
  ['named by a manifest', false],
  ['due after a failure', true],
])(
  'the sweep looks ever more rarely at a delivery of a sidelined endpoint that is %s, up to six hours',
  async (_which, isTried) => {
    const pauses = await sweptFor(26, isTried, seconds(26 * 3600));

    expect(pauses.slice(0, 6)).toEqual([15, 30, 60, 120, 240, 360]);
  },
);

it('the sweep looks every hour again at a delivery of an endpoint that is no longer sidelined', async () => {
  const pauses = await sweptFor(16, false, seconds(3 * 3600));

  expect(pauses.slice(0, 6)).toEqual([15, 30, 60, 120, 60, 60]);
});
