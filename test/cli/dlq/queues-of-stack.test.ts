import { describe, expect, test } from 'vitest';
import { dlqsNamed } from '../../../cli/dlq/queues-of-stack.ts';
import { fromLocalOutputs, sourceOf } from '../../../cli/stack/deployment.ts';
import { localOutputs } from '../../support/cli/outputs.ts';

const deployment = fromLocalOutputs(localOutputs);
const shared = fromLocalOutputs({
  ...localOutputs,
  queues: { ...localOutputs.queues, inbound: { stripe: 'sqs:in', partner: 'sqs:in' } },
  dlqs: { ...localOutputs.dlqs, inbound: { stripe: 'dlq:in', partner: 'dlq:in' } },
});

test('all queues are found without a name', () => {
  expect(dlqsNamed(deployment).map(({ name, url }) => [name, url])).toEqual([
    ['publish', 'dlq:publish'],
    ['subscription', 'dlq:subscription'],
    ['delivery', 'dlq:delivery'],
    ['undelivered', 'dlq:undelivered'],
    ['stripe', 'dlq:stripe'],
    ['partner', 'dlq:partner'],
  ]);
});

test('a source’s queue is found by its name, with the queue that its letters go back to', () => {
  expect(dlqsNamed(deployment, 'partner')).toEqual([
    { name: 'partner', kind: 'inbound', url: 'dlq:partner', workQueueUrl: 'sqs:partner' },
  ]);
});

test('a queue that sources share is listed once, and a source’s name means its dead letters only', () => {
  expect(dlqsNamed(shared).map(({ name }) => name)).toEqual([
    'publish',
    'subscription',
    'delivery',
    'undelivered',
    'inbound',
  ]);
  expect(dlqsNamed(shared, 'partner')).toMatchObject([{ url: 'dlq:in', source: 'partner' }]);
});

test('an unknown name is refused with the known ones', () => {
  expect(() => dlqsNamed(deployment, 'gitlab')).toThrow(
    /no dead-letter queue 'gitlab'.*publish, subscription, delivery, undelivered, stripe, partner/,
  );
});

test.each(['gitlab', 'constructor', '__proto__'])('a source %s does not exist', (name) => {
  expect(() => sourceOf(deployment, name)).toThrow(/this stack has stripe, partner/);
});

describe('a source that is called like a queue of the stack', () => {
  const called = (name: string, dlqUrl = `dlq:source-${name}`) => {
    const { stripe } = deployment.sources;
    const sources = { ...deployment.sources, [name]: { ...stripe, name, queueUrl: 'sqs:source', dlqUrl } };
    return { ...deployment, sources } as typeof deployment;
  };

  test.each(['publish', 'subscription', 'delivery', 'undelivered'])(
    'a source named %s hides no queue of the stack',
    (name) => {
      const urls = dlqsNamed(called(name)).map(({ url }) => url);

      expect(urls).toEqual(expect.arrayContaining([`dlq:${name}`, `dlq:source-${name}`]));
      expect(urls).toHaveLength(7);
      expect(dlqsNamed(called(name), `stack:${name}`)).toMatchObject([{ url: `dlq:${name}` }]);
      expect(dlqsNamed(called(name), `source:${name}`)).toMatchObject([{ url: `dlq:source-${name}` }]);
      expect(() => dlqsNamed(called(name), name)).toThrow(
        `'${name}' is a queue of the stack and a source: write stack:${name} or source:${name}.`,
      );
    },
  );

  test('every listed name identifies its queue', () => {
    for (const name of ['publish', 'undelivered', 'inbound', 'outbound'])
      for (const dlq of dlqsNamed(called(name))) expect(dlqsNamed(called(name), dlq.name)).toEqual([dlq]);
  });

  test('a source named inbound is distinguished from the queue that sources share', () => {
    const sources = { ...shared.sources, inbound: { ...shared.sources['stripe'], name: 'inbound' } };
    const world = { ...shared, sources } as typeof deployment;

    expect(dlqsNamed(world).map(({ name }) => name)).toContain('stack:inbound');
    expect(dlqsNamed(world, 'source:inbound')).toMatchObject([{ source: 'inbound' }]);
    expect(() => dlqsNamed(world, 'inbound')).toThrow('write stack:inbound or source:inbound');
  });

  test('other names need no prefix, and each may have one', () => {
    expect(dlqsNamed(deployment, 'source:stripe')).toEqual(dlqsNamed(deployment, 'stripe'));
    expect(dlqsNamed(deployment, 'stack:publish')).toEqual(dlqsNamed(deployment, 'publish'));
    expect(() => dlqsNamed(deployment, 'source:publish')).toThrow('The stack has no dead-letter queue');
  });
});
