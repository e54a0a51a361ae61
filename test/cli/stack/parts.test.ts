import { describe, expect, test } from 'vitest';
import { dlqsNamed } from '../../../cli/dlq/queues-of-stack.ts';
import { workQueueNames } from '../../../cli/doctor/queue-mappings.ts';
import { inOutputs } from '../../../cli/kept/resources-in-use.ts';
import { fromLocalOutputs, inboundOf, outboundOf, sourceOf } from '../../../cli/stack/deployment.ts';
import { localOutputs } from '../../support/cli/outputs.ts';

const whole = fromLocalOutputs(localOutputs);
const receiving = { ...whole, outbound: undefined };
const sending = { ...whole, inbound: undefined, sources: {} };

describe('the tool, in a deployment that only receives,', () => {
  test('lists the dead-letter and work queues of its sources only', () => {
    expect(dlqsNamed(receiving).map(({ name }) => name)).toEqual(['stripe', 'partner']);
    expect([...workQueueNames(receiving)]).toEqual(['sqs:stripe', 'sqs:partner']);
  });

  test('refuses what concerns sending, and says why', () => {
    expect(() => outboundOf(receiving)).toThrow(
      'This deployment sends nothing: it was made by InboundWebhooks.',
    );
    expect(() => dlqsNamed(receiving, 'delivery')).toThrow("no dead-letter queue 'delivery'");
  });
});

describe('the tool, in a deployment that only sends,', () => {
  test('lists the queues of sending only', () => {
    const names = ['publish', 'subscription', 'delivery', 'undelivered'];

    expect(dlqsNamed(sending).map(({ name }) => name)).toEqual(names);
    expect(workQueueNames(sending).size).toBe(3);
  });

  test('refuses what concerns a source, and says why', () => {
    expect(() => inboundOf(sending)).toThrow('This deployment receives nothing');
    expect(() => sourceOf(sending, 'stripe')).toThrow('it was made by OutboundWebhooks');
  });
});

test('the resources in use are those of both parts and of the sources', () => {
  const all = inOutputs(whole);

  expect(all).toEqual(expect.arrayContaining(['sqs:publish', 'arn:master', 'payloads', 'sqs:stripe']));
});
