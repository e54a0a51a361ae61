import { describe, expect, it } from 'vitest';
import {
  deadLetterQueueOf,
  type FailureCause,
  type Fault,
  failureCauses,
  faultOf,
} from '../../../lambdas/domain/delivery-failure.ts';
import { maxMessageBytes, utf8Bytes } from '../../../lambdas/domain/messages.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import { accepted, down, refused } from '../../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const toUrl = { id: 'a', type: 'invoice.paid', data: {}, endpoint: { id: 'a', url: 'https://a.example/x' } };
const toTenant = { id: 'e1', type: 'invoice.paid', data: {}, tenant: 'acme' };
const parsed = (letters: readonly string[]) => letters.map((text) => JSON.parse(text));

/** Written down once more, so that a cause that changes sides is seen. */
const expected: Readonly<Record<FailureCause, Fault>> = {
  exhausted: 'endpoint',
  refused: 'endpoint',
  gone: 'endpoint',
  blocked: 'endpoint',
  deadline: 'endpoint',
  unready: 'ours',
  crashed: 'ours',
  'payload-missing': 'ours',
  'payload-altered': 'ours',
  'record-missing': 'ours',
  malformed: 'ours',
};

it.each(failureCauses)('the cause %s is the fault of one side, and selects its queue', (cause) => {
  expect(faultOf(cause)).toBe(expected[cause]);
  expect(deadLetterQueueOf(cause)).toBe(expected[cause] === 'ours' ? 'delivery' : 'undelivered');
});

it('a failure without a cause, as on a record of an earlier version, pages', () => {
  expect(deadLetterQueueOf(undefined)).toBe('delivery');
});

describe('a failure of the endpoint, which does not page', () => {
  it.each([
    ['refused', refused(404)],
    ['gone', { kind: 'gone', status: 410 } as const],
    ['blocked', { kind: 'blocked', isLiteral: true, error: 'private' } as const],
    ['exhausted', refused(503)],
    ['exhausted', { kind: 'blocked', isLiteral: false, error: 'private' } as const],
    ['exhausted', { kind: 'unreachable', cause: 'tls', error: 'expired' } as const],
  ])(
    'a failure of the endpoint (%s) is in the undelivered queue, with tenant, endpoint and host',
    async (cause, outcome) => {
      const { world } = await worldWithOneEndpoint(() => outcome);
      await world.publish(toTenant);

      await world.run(seconds(3_600));

      expect(world.deadLetters).toEqual([]);
      expect(parsed(world.undelivered)).toMatchObject([
        {
          kind: 'delivery',
          cause,
          tenant: 'acme',
          endpointId: 'ep_1',
          host: 'acme.example',
          id: world.delivery().id,
          eventType: 'invoice.paid',
        },
      ]);
    },
  );

  it('the cause of a delivery whose breaker is open until its deadline is deadline', {
    timeout: 120_000,
  }, async () => {
    const world = outboundWorld(() => refused(503));
    for (let n = 0; n < 200; n++) await world.publish({ ...toUrl, id: `e${n}` });
    const [first] = world.table.deliveries.values();

    await world.run(seconds(((first?.lifetime ?? 0) / 1000) * 1.2));

    expect(world.deadLetters).toEqual([]);
    expect(new Set(parsed(world.undelivered).map(({ cause }) => cause))).toEqual(
      new Set(['exhausted', 'deadline']),
    );
    expect(parsed(world.undelivered)[0]).toMatchObject({ tenant: '', endpointId: 'a', host: 'a.example' });
  });
});

describe('the cause after several faults', () => {
  it('the cause is deadline if an endpoint is down after a fault of ours that is over', async () => {
    const world = outboundWorld(() => refused(503));
    for (let n = 0; n < 30; n++) await world.publish({ ...toUrl, id: `e${n}` });
    for (let turn = 0; turn < 20; turn++) {
      await world.deliverOnce({ ...world.deliverPorts, signingKeys: down });
      world.advance(seconds(30));
    }
    const all = [...world.table.deliveries.values()];
    expect(all.some(({ cause }) => cause === 'unready')).toBe(true);

    await world.run(seconds(((all[0]?.lifetime ?? 0) / 1000) * 1.2));

    expect(parsed(world.deadLetters)).toEqual([]);
    expect(world.undelivered).toHaveLength(30);
    expect(new Set(parsed(world.undelivered).map(({ cause }) => cause))).toContain('deadline');
  });

  it('the cause is not the crash of a worker long ago if the endpoint is asked after it', async () => {
    const world = outboundWorld(() => refused(503));
    await world.publish(toUrl);
    await world.dieInRequest();

    world.advance(seconds(world.delivery().lifetime / 1000));
    await world.run(seconds(7_200));

    expect(world.deadLetters).toEqual([]);
    expect(parsed(world.undelivered)).toMatchObject([{ cause: 'exhausted' }]);
  });
});

describe('our own fault, which pages', () => {
  it('the cause is unready for a lost secret, and pages', async () => {
    const world = outboundWorld();
    await world.publish(toUrl);
    const ports = { ...world.deliverPorts, signingKeys: down };

    for (const before = world.now(); world.now() <= before + world.delivery().lifetime; ) {
      await world.deliverOnce(ports);
      world.advance(seconds(600));
    }
    await world.deliverOnce(ports);

    expect(parsed(world.deadLetters)).toMatchObject([{ cause: 'unready' }]);
  });

  it('the cause unready ends with the next attempt', async () => {
    const world = outboundWorld(() => refused(404));
    await world.publish(toUrl);
    await world.deliverOnce({ ...world.deliverPorts, signingKeys: down });
    expect(world.delivery().cause).toBe('unready');

    await world.run(seconds(120));

    expect(parsed(world.undelivered)).toMatchObject([{ cause: 'refused' }]);
    expect(world.deadLetters).toEqual([]);
  });

  it('the cause is crashed for a delivery that kills its workers, and pages', async () => {
    const world = outboundWorld();
    await world.publish(toUrl);

    for (let crash = 0; crash < 6; crash++) {
      await world.dieInRequest();
      world.advance(seconds(1_000));
    }
    await world.run(seconds(3_600));

    expect(parsed(world.deadLetters)).toMatchObject([{ cause: 'crashed' }]);
    expect(world.undelivered).toEqual([]);
  });

  it.each([
    ['payload-missing', (payloads: Map<string, Uint8Array>) => payloads.clear()],
    [
      'payload-altered',
      (payloads: Map<string, Uint8Array>) => {
        for (const key of payloads.keys()) payloads.set(key, Buffer.from('{}'));
      },
    ],
  ])('the cause of a fault of our own: %s', async (cause, change) => {
    const world = outboundWorld();
    await world.publish({ ...toUrl, data: { text: 'x'.repeat(33_000) } });
    change(world.payloads);

    await world.run(seconds(60));

    expect(parsed(world.deadLetters)).toMatchObject([{ cause }]);
    expect(world.undelivered).toEqual([]);
  });

  it('the cause is record-missing for a task whose delivery is gone, which is not dropped silently', async () => {
    const world = outboundWorld(() => accepted);
    await world.publish(toUrl);
    const [task = ''] = world.deliveryQueue.contents();
    world.table.deliveries.clear();

    await world.deliverOnce();

    expect(world.deliveryQueue.contents()).toEqual([]);
    const [letter] = parsed(world.deadLetters);
    expect(letter).toMatchObject({ cause: 'record-missing', endpointId: 'a' });
    expect(JSON.parse(letter.message)).toEqual(JSON.parse(task));
  });

  it('the cause is record-missing, too, if the endpoint is disabled or full, or a success has to be recorded', async () => {
    const { world, disable } = await worldWithOneEndpoint();
    await world.publish(toTenant);
    const [text = ''] = world.deliveryQueue.contents();
    const { announced: _, ...task } = JSON.parse(text);
    world.deliveryQueue.purge();
    await world.deliveryQueue.send({ body: JSON.stringify(task) });
    const success = { at: world.now(), ms: 1, status: 200 };
    await world.deliveryQueue.send({
      body: JSON.stringify({ ...task, seen: { claims: 1, round: 1, success } }),
    });
    await disable();
    world.table.deliveries.clear();

    await world.deliverOnce();

    expect(parsed(world.deadLetters).map(({ cause }) => cause)).toEqual(['record-missing', 'record-missing']);
  });

  it('a malformed message is dead-lettered unchanged if it would not fit into its envelope', async () => {
    const world = outboundWorld();
    const large = `"${'\\"'.repeat(maxMessageBytes / 2 - 10)}"`;
    await world.deliveryQueue.send({ body: '{"v":1}' });
    await world.deliveryQueue.send({ body: large });

    await world.deliverOnce();

    expect(parsed(world.deadLetters.slice(0, 1))).toMatchObject([{ cause: 'malformed', message: '{"v":1}' }]);
    expect(world.deadLetters[1]).toBe(large);
    expect(utf8Bytes(large)).toBeLessThan(maxMessageBytes);
  });
});
