import { Queue } from 'aws-cdk-lib/aws-sqs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameList } from '../../lib/name-list.ts';
import { deployedText } from '../../lib/parts/deployed-text.ts';
import type { WebhookStackProps } from '../../lib/webhook-stack.ts';
import { WebhookStack } from '../../lib/webhook-stack.ts';
import { quickApp, synth } from './support/synth.ts';
import { allResources } from './support/template-diff.ts';

/** Names of forty characters, which begin alike. */
const many = (count: number, provider: 'stripe' | 'asana') =>
  Object.fromEntries(
    Array.from({ length: count }, (_, nth) => [
      `a-source-that-has-a-name-of-letters-${String(nth).padStart(4, '0')}`,
      { provider } as const,
    ]),
  );
const stackName = 'webhooks-of-a-team-with-a-long-name-in-production';
const stacks: [string, Partial<WebhookStackProps>][] = [
  ['sixty that share', { isolation: 'shared', stackName, sources: many(60, 'stripe') }],
  [
    'sixty that share and bring their secrets',
    { isolation: 'shared', stackName, sources: many(60, 'asana') },
  ],
  ['sixteen of their own', { stackName, sources: many(16, 'asana') }],
];

describe.each(stacks)('sources with long names: %s', (_, props) => {
  const app = synth(props);
  const written = deployedText(app.stack);
  const properties = (type: string) =>
    Object.entries(app.resources(type)).map(([path, { Properties }]) => [path, Properties] as const);
  const textOf = (value: unknown) => written(value);

  test('sources with long names are listed in texts that AWS accepts', () => {
    for (const [path, { AlarmDescription }] of properties('AWS::CloudWatch::Alarm')) {
      expect(textOf(AlarmDescription).length, path).toBeLessThanOrEqual(1_024);
    }
    for (const [path, { Description }] of properties('AWS::Lambda::Function')) {
      expect(textOf(Description).length, path).toBeLessThanOrEqual(256);
    }
    for (const [path, { Description }] of properties('AWS::ApiGatewayV2::Api')) {
      expect(textOf(Description).length, path).toBeLessThanOrEqual(1_024);
    }
  });

  test('sources with long names fit into the environment of each function', () => {
    for (const [path, { Environment }] of properties('AWS::Lambda::Function')) {
      const { Variables } = Environment as { Variables: Record<string, unknown> };
      const bytes = Object.entries(Variables)
        .flatMap(([name, value]) => [name, textOf(value)])
        .join('').length;
      expect(bytes, path).toBeLessThanOrEqual(4_096);
    }
  });

  test("sources with long names fit into each role's inline policies", () => {
    for (const [path, { PolicyDocument }] of properties('AWS::IAM::Policy')) {
      expect(deployedLength(PolicyDocument, textOf), path).toBeLessThanOrEqual(10_240);
    }
    expect(app.resources('AWS::IAM::ManagedPolicy')).toEqual({});
  });

  test('sources with long names fit into the outputs, and the stack', () => {
    const outputs: Record<string, { Value: unknown }> = app.template.toJSON()['Outputs'];

    expect(Object.keys(outputs).length).toBeLessThanOrEqual(200);
    for (const [id, { Value }] of Object.entries(outputs)) {
      expect(textOf(Value).length, id).toBeLessThanOrEqual(4_096);
    }
    expect(allResources(app).length).toBeLessThanOrEqual(450);
  });
});

/** Of a policy, whose expressions stand among its statements. */
function deployedLength(document: unknown, textOf: (value: unknown) => string): number {
  const isExpression = (value: object) => /^(Ref|Fn::.*)$/.test(Object.keys(value)[0] ?? '');
  return JSON.stringify(document, (_, value: unknown) =>
    typeof value === 'object' && value !== null && isExpression(value) ? textOf(value) : value,
  ).length;
}

describe('an environment', () => {
  const environment = (bytes: number): Partial<WebhookStackProps> => ({
    sources: { stripe: { provider: 'stripe', handlerEnvironment: { WORDS: 'w'.repeat(bytes) } } },
  });

  test('an environment that is too large for Lambda is an error of the synth', () => {
    expect(() => synth(environment(4_000))).toThrow(
      /Source-stripe\/Consume.*: its environment may have \d+ bytes once it is deployed, but Lambda allows 4096: shorten handlerEnvironment/,
    );
    expect(() => synth(environment(3_000))).not.toThrow();
  });

  test('an environment is measured with the lengths after the deploy', () => {
    const stack = new WebhookStack(quickApp(), 'Test', { sources: { stripe: { provider: 'stripe' } } });
    const queue = new Queue(stack, 'Orders', { enforceSSL: true });
    const written = deployedText(stack);

    expect(written(queue.queueUrl)).toMatch(
      /^https:\/\/sqs\.ap-southeast-1\.amazonaws\.com\/123456789012\/Test-Orders[0-9A-F]{8}-X{12}$/,
    );
    expect(written(queue.queueArn)).toMatch(/^arn:aws-us-gov:sqs:ap-southeast-1:123456789012:Test-Orders/);
    expect(written(`${stack.region} ${stack.account}`)).toBe('ap-southeast-1 123456789012');
  });
});

describe('a list of names in a sentence', () => {
  const names = fc.array(fc.stringMatching(/^[a-z]{1,40}$/), { minLength: 1, maxLength: 80 });

  test('a list of names in a sentence is short, says how many are omitted, and begins with the first', () => {
    fc.assert(
      fc.property(names, (all) => {
        const text = nameList(all);
        const [, left] = /^(?:.*) and (\d+) more$/.exec(text) ?? [];

        expect(text.length).toBeLessThanOrEqual(100);
        expect(text.startsWith(all[0] ?? '')).toBe(true);
        const told = text.replace(/ and \d+ more$/, '').split(', ');
        expect(told.length + Number(left ?? 0)).toBe(all.length);
      }),
    );
  });

  test('a short list of names in a sentence is complete', () => {
    expect(nameList(['stripe', 'github'])).toBe('stripe, github');
    expect(nameList(['stripe', 'github', 'shopify'], 20)).toBe('stripe and 2 more');
  });
});
