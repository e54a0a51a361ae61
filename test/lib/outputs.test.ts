import { describe, expect, test } from 'vitest';
import { factsFrom } from '../../lib/outputs.ts';
import { deployedOutputs } from './support/deployed-outputs.ts';
import { synth } from './support/synth.ts';

const outputsOf = (props: Parameters<typeof synth>[0] = {}) => deployedOutputs(synth(props).stack);

describe('the outputs of a stack', () => {
  test('the outputs of a stack contain everything that a user must know', () => {
    const facts = factsFrom(outputsOf());

    expect(Object.keys(facts.sources)).toEqual(['stripe', 'github', 'shopify']);
    expect(facts.sources['stripe']).toMatchObject({ name: 'stripe', provider: 'stripe' });
    expect(facts.sources['stripe']?.url).toBe(`${facts.inbound?.inboundBaseUrl}/webhooks/stripe`);
    expect(facts.sources['stripe']?.secretArn).toContain('SecretStripe');
    expect(facts.sources['stripe']?.queueUrl).not.toBe(facts.sources['stripe']?.dlqUrl);
    expect(facts.outbound?.topicArn).toContain('OutboundTopic');
    const { inbound, outbound, ...shared } = facts;
    const given = { ...shared, ...inbound, ...outbound };
    const all = Object.values(given).filter((value) => value !== undefined);
    expect(new Set(all).size).toBe(all.length);
  });

  test('the outputs of a stack name the alarm topic, for subscriptions', () => {
    expect(outputsOf()['AlarmTopicArn']).toContain('AlarmsTopic');
  });

  test('the outputs of a stack have the public URL, and names with hyphens', () => {
    const publicUrl = 'https://hooks.example.com/partner';
    const facts = factsFrom(outputsOf({ sources: { 'my-partner': { provider: 'stripe', publicUrl } } }));

    expect(facts.sources['my-partner']).toMatchObject({ name: 'my-partner', publicUrl });
  });

  test('the outputs of sources that share have the one queue of each', () => {
    const { sources } = factsFrom(outputsOf({ isolation: 'shared' }));

    expect(sources['stripe']?.queueUrl).toBe(sources['github']?.queueUrl);
    expect(sources['stripe']?.secretArn).not.toBe(sources['github']?.secretArn);
  });

  test('the outputs of another stack are refused, with the missing name', () => {
    expect(() => factsFrom({ Something: 'else' })).toThrow('no output ManagementUrl');
  });
});
