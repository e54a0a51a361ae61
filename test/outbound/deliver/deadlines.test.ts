import { describe, expect, it } from 'vitest';
import { later, seconds } from '../../../lambdas/domain/time.ts';
import { down, refused } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { asDelivery } from '../../support/worlds/stored-delivery.ts';

const publishTo = (url: string, id = 'inv-42') => ({
  id,
  type: 'invoice.paid',
  data: {},
  endpoint: { id: url, url },
});
const message = publishTo('https://acme.example/hooks');

// Days of simulated time: a busy machine may take minutes.
describe('what cannot be sent', { timeout: 240_000 }, () => {
  describe.each([
    ['no key to sign with', { signingKeys: down }],
    ['no way to its payload', { readPayload: down }],
  ])('what cannot be sent with %s', (_what, broken) => {
    /** The payload is one that does not ride along. */
    async function published() {
      const world = outboundWorld();
      await world.publish({ ...message, data: 'x'.repeat(33_000) });
      return { world, ports: { ...world.deliverPorts, ...broken } };
    }

    it('a delivery with %s sends nothing and continues later: hours of that are not a crash, and there is one task', async () => {
      const { world, ports } = await published();

      for (let minutes = 0; minutes < 180; minutes++) {
        await world.deliverOnce(ports);
        world.advance(seconds(60));
        await world.sweep();
      }
      expect(world.requests).toEqual([]);
      expect(world.delivery()).toMatchObject({ status: 'pending', attempts: 0, crashes: 0 });
      expect(world.deliveryQueue.contents()).toHaveLength(1);
      // An alarm: it was accepted, and never attempted.
      expect(world.report.total('DeliveriesNeverAttempted')).toBe(175);
      await world.run(seconds(61));

      expect(world.delivery().status).toBe('delivered');
    });

    it('a message returns to the queue if another worker has the claim by now', async () => {
      const { world, ports } = await published();
      const late = async (): Promise<never> => {
        world.advance(seconds(81));
        const lease = later(world.now(), seconds(80));
        await world.table.claimSuspect(asDelivery(world.delivery()), 1, world.now(), lease);
        return down();
      };

      await world.deliverOnce({
        ...ports,
        ...('signingKeys' in broken ? { signingKeys: late } : { readPayload: late }),
      });

      expect(world.deliveryQueue.contents()).toHaveLength(1);
      expect(world.delivery()).toMatchObject({ status: 'pending', claims: 2 });
    });

    it('a delivery that cannot be sent ends at its deadline', async () => {
      const { world, ports } = await published();

      for (const before = world.now(); world.now() <= before + world.delivery().lifetime; ) {
        await world.deliverOnce(ports);
        world.advance(seconds(600));
      }
      await world.deliverOnce(ports);

      expect(world.delivery()).toMatchObject({
        status: 'failed',
        lastError: 'past its deadline before attempt 1; last: not sent: Error: down',
      });
      expect(world.deadLetters).toHaveLength(1);
    });
  });

  it('deliveries to a URL that is down for good end at their deadlines, in any number', async () => {
    const world = outboundWorld(() => refused(503));
    const of = (n: number) => publishTo('https://acme.example/hooks', `inv-${n}`);
    for (let n = 0; n < 200; n++) await world.publish(of(n));
    const [first] = world.table.deliveries.values();

    await world.run(seconds(((first?.lifetime ?? 0) / 1000) * 1.2));

    const left = [...world.table.deliveries.values()].filter(({ status }) => status !== 'failed');
    expect(left).toEqual([]);
    expect(world.undelivered).toHaveLength(200);
    expect(world.requests.length).toBeLessThan(400);
  });
});
