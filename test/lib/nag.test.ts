import { Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { WebhookStack, type WebhookStackProps } from '../../lib/webhook-stack.ts';
import { newApp, threeSources } from './support/synth.ts';

/** Throws with the report when a rule is broken without a reason. */
function nag(props: Partial<WebhookStackProps> = {}): WebhookStack {
  const app = newApp();
  const stack = new WebhookStack(app, 'Nag', { sources: threeSources, ...props });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
  return stack;
}

describe('cdk-nag', () => {
  test.each(['per-source', 'shared'] as const)(
    'cdk-nag finds nothing unacknowledged with isolation %s',
    (isolation) => {
      expect(() => nag({ isolation })).not.toThrow();
    },
  );

  test('cdk-nag would find a queue that takes plain HTTP', () => {
    const app = newApp();
    const stack = new WebhookStack(app, 'Nag', { sources: threeSources });
    new Queue(stack, 'Plain');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

    expect(() => app.synth()).toThrow('AwsSolutions-SQS4');
  });

  test('cdk-nag would find a permission for everything', () => {
    const app = newApp();
    const stack = new WebhookStack(app, 'Nag', { sources: threeSources });
    stack.outbound.deliver.allow(['sqs:SendMessage'], '*');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

    expect(() => app.synth()).toThrow('AwsSolutions-IAM5[Resource::*]');
  });

  test('every acknowledgement of a cdk-nag rule has a reason in words', () => {
    const stack = nag();
    const reasons = stack.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.values<string>(data));

    expect(reasons.length).toBeGreaterThan(10);
    for (const reason of reasons) expect(String(reason).length).toBeGreaterThan(25);
  });
});

test("CloudFormation's own validation is on, and fails a synth", () => {
  const app = newApp();
  const stack = new WebhookStack(app, 'Nag', { sources: threeSources });
  stack.outbound.deliver.addEnvironment('x', 'names of one letter are refused');

  expect(() => app.synth()).toThrow('CloudFormation-Validate::F3002');
});
