import { expect, test } from 'vitest';
import { fromLocalOutputs, sourceOf } from '../../bin/deployment.ts';
import { dlqsNamed } from '../../bin/dlqs.ts';
import { localOutputs } from './outputs.ts';

const deployment = fromLocalOutputs(localOutputs);
const shared = fromLocalOutputs({
  ...localOutputs,
  queues: { ...localOutputs.queues, inbound: { stripe: 'sqs:in', partner: 'sqs:in' } },
  dlqs: { ...localOutputs.dlqs, inbound: { stripe: 'dlq:in', partner: 'dlq:in' } },
});

test('without a name they are all there', () => {
  expect(dlqsNamed(deployment).map(({ name, url }) => [name, url])).toEqual([
    ['publish', 'dlq:publish'],
    ['subscription', 'dlq:subscription'],
    ['delivery', 'dlq:delivery'],
    ['undelivered', 'dlq:undelivered'],
    ['stripe', 'dlq:stripe'],
    ['partner', 'dlq:partner'],
  ]);
});

test('a source’s queue is found by its name, with the queue it goes back to', () => {
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

test('an unknown name is refused with those that there are', () => {
  expect(() => dlqsNamed(deployment, 'gitlab')).toThrow(
    /no dead-letter queue 'gitlab'.*publish, subscription, delivery, undelivered, stripe, partner/,
  );
});

test.each(['gitlab', 'constructor', '__proto__'])('there is no source %s', (name) => {
  expect(() => sourceOf(deployment, name)).toThrow(/this stack has stripe, partner/);
});
