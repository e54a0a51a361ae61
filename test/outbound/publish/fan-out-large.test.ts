import { describe, expect, it } from 'vitest';
import { withId } from '../../../lambdas/domain/publish-message.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import type { PublishPorts } from '../../../lambdas/outbound/publish/publish.ts';
import { publish } from '../../../lambdas/outbound/publish/publish.ts';
import { outboundSettings } from '../../support/fixtures/outbound.ts';
import { dyingWorkers } from '../../support/worlds/dying-workers.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { tenantWithEndpoints } from '../../support/worlds/tenant-with-endpoints.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: { amount: 5 } };

describe('a tenant of 5000 endpoints', () => {
  /** Takes what is on the publish queue, and dies after so many port calls. */
  async function publishUntil(world: ReturnType<typeof outboundWorld>, halfCalls: number): Promise<void> {
    const batch = world.publishQueue.receive(10);
    await dyingWorkers().run({ halfCalls, isDead: true }, world.publishPorts, (ports: PublishPorts) =>
      publish(batch, outboundSettings, ports),
    );
    world.advance(seconds(451));
  }

  async function workOff(world: ReturnType<typeof outboundWorld>): Promise<void> {
    for (let rounds = 0; world.publishQueue.contents().length > 0 && rounds < 50; rounds++) {
      await world.workOffPublishQueue();
      world.advance(seconds(451));
    }
  }

  it('a tenant of 5000 endpoints gets exactly 5000 deliveries from one publication, split once', async () => {
    const world = await tenantWithEndpoints(5000);
    await world.publishQueue.send({ body: JSON.stringify(event) });

    await workOff(world);

    expect(world.table.deliveries.size).toBe(5000);
    expect(world.deliveryQueue.sent()).toBe(5000);
    // DynamoDB does not say that a full page is the last one, so one more range has no endpoints.
    expect(world.publishQueue.sent()).toBe(1 + 10 + 1);
    const standing = world.events.events.get('acme#e1');
    expect(standing?.rangesLeft).toBeUndefined();
    expect(standing?.fannedOutAt).toBeDefined();
  });

  it('a range that failed for hours can be redriven from the DLQ', async () => {
    const world = await tenantWithEndpoints(700);
    await world.publish(event);
    world.advance(seconds(451));
    const ranges = world.publishQueue.receive(10).map((message) => ({ ...message, receives: 50 }));
    const down = async () => {
      throw new Error('DynamoDB is away');
    };
    const broken = { ...world.publishPorts, deliveries: { ...world.publishPorts.deliveries, create: down } };
    await publish(ranges, outboundSettings, broken);
    expect(world.table.deliveries.size).toBe(0);

    for (const { text } of ranges) expect(withId({ text, messageId: 'sqs' }).message).toBe(text);
    const entries = world.deadLetters.map((text) => JSON.parse(text));
    expect(entries.map(({ id }) => id)).toEqual(['e1', 'e1']);
    for (const { message: body } of entries) await world.publishQueue.send({ body });
    await workOff(world);

    expect(world.table.deliveries.size).toBe(700);
  });

  it.each([
    [3, 9, 15],
    [1, 400, 1200],
    [30, 31, 3000],
    [2000, 5000, 9000],
  ])(
    'a tenant of 5000 endpoints gets exactly 5000 deliveries if the function is killed at port calls %d, %d and %d',
    { timeout: 120_000 },
    async (...kills) => {
      const world = await tenantWithEndpoints(5000);
      await world.publishQueue.send({ body: JSON.stringify(event) });

      for (const halfCalls of kills) await publishUntil(world, halfCalls);
      await workOff(world);

      const to = new Set([...world.table.deliveries.values()].map(({ endpointId }) => endpointId));
      expect(world.table.deliveries.size).toBe(5000);
      expect(to.size).toBe(5000);
      const tasks = new Set(world.deliveryQueue.contents().map((text) => JSON.parse(text).deliveryId));
      expect(tasks.size).toBe(5000);
      expect(world.events.events.get('acme#e1')?.fannedOutAt).toBeDefined();
    },
  );
});
