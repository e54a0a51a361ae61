import { describe, expect, it } from 'vitest';
import { later, seconds } from '../../lambdas/domain/time.ts';
import { accepted, refused } from '../support/fixtures/outbound.ts';
import { outboundWorld } from '../support/worlds/outbound-world.ts';

const message = { id: 'a', type: 'invoice.paid', data: {}, endpoint: { id: 'a', url: 'https://a.example/' } };

/** What a call says for which the role has no permission. */
const denied = async (): Promise<never> => {
  throw new Error('not authorized to perform: dynamodb:UpdateItem');
};

describe('a fault that a function catches', () => {
  it('a fault that λ publish catches is counted', async () => {
    const world = outboundWorld();
    await world.publishQueue.send({ body: JSON.stringify(message) });

    await world.workOffPublishQueue({
      ...world.publishPorts,
      events: { ...world.publishPorts.events, create: denied },
    });

    expect(world.report.named('publish.errored')).toHaveLength(1);
    expect(world.report.total('WorkErrored')).toBe(1);
  });

  it('a fault that λ deliver catches is counted', async () => {
    const world = outboundWorld();
    await world.publish(message);

    await world.deliverOnce({
      ...world.deliverPorts,
      deliveries: { ...world.deliverPorts.deliveries, claim: denied },
    });

    expect(world.report.named('delivery.errored')).toHaveLength(1);
    expect(world.report.total('WorkErrored')).toBe(1);
    // Not at once: it may have a lease.
    expect(world.deliveryQueue.nextVisibleAt()).toBe(later(world.now(), world.settings.lease));
  });

  it.each([
    ['the due index', { due: denied }, {}],
    ['what waits for endpoints', {}, { toReconcile: denied }],
  ])('a fault that λ sweep catches is counted: %s', async (_what, brokenDeliveries, brokenEndpoints) => {
    const world = outboundWorld();
    const { sweepPorts } = world;

    await world.sweep({
      ...sweepPorts,
      deliveries: { ...sweepPorts.deliveries, ...brokenDeliveries },
      endpoints: { ...sweepPorts.endpoints, ...brokenEndpoints },
    });

    const lines = world.report.named('sweep.errored').length;
    expect(lines).toBeGreaterThan(0);
    expect(world.report.total('WorkErrored')).toBe(lines);
  });

  it('a fault with one manifest that λ sweep catches is counted', async () => {
    const world = outboundWorld();
    await world.publish(message);
    world.advance(seconds(300));

    await world.sweep({
      ...world.sweepPorts,
      manifests: { ...world.sweepPorts.manifests, moveOn: denied },
    });

    expect(world.report.total('WorkErrored')).toBe(1);
  });
});

describe('failed attempts', () => {
  it('failed attempts are counted, with any response, separately from successes', async () => {
    const answers = [refused(503), refused(404), accepted];
    const world = outboundWorld((_request, count) => answers[count - 1] ?? accepted, {
      ...outboundWorld().settings,
      retryOtherStatuses: true,
    });
    await world.publish(message);

    await world.run(seconds(600));

    expect(world.report.total('AttemptsFailed')).toBe(2);
    expect(world.report.total('WebhookDeliveryAttempts')).toBe(3);
  });
});
