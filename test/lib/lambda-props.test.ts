import { Stack, Validations } from 'aws-cdk-lib';
import { LayerVersion, Tracing } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { InboundWebhooks } from '../../lib/inbound-webhooks.ts';
import type { LambdaProps } from '../../lib/lambda-props.ts';
import { Webhooks } from '../../lib/webhooks.ts';
import { newApp, quickApp, synth, synthesised, threeSources } from './support/synth.ts';

const layerArn = 'arn:aws:lambda:us-east-1:901920570463:layer:aws-otel-nodejs-arm64-ver-1-30-2:1';
const environment = { AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-handler', DD_SITE: 'datadoghq.eu' };

/** A deployment of each kind, whose functions all have the same. */
function functionsWith(lambda: Omit<LambdaProps, 'layers'>) {
  const stack = new Stack(quickApp(), 'Test');
  const layers = [LayerVersion.fromLayerVersionArn(stack, 'Otel', layerArn)];
  new Webhooks(stack, 'Default', { sources: threeSources, lambda: { ...lambda, layers } });
  new InboundWebhooks(stack, 'Partners', { sources: threeSources, lambda: { ...lambda, layers } });
  return Object.values(synthesised(stack).template.findResources('AWS::Lambda::Function'));
}

describe('lambda', () => {
  test('layers, variables, tracing and the log level reach every function', () => {
    const functions = functionsWith({ environment, tracing: Tracing.ACTIVE, logLevel: 'WARN' });

    // 3 × 2 functions of sources and 4 others, and again 3 × 2 and 2 of the deployment that only receives.
    expect(functions).toHaveLength(18);
    for (const { Properties } of functions)
      expect(Properties).toMatchObject({
        Layers: [layerArn],
        TracingConfig: { Mode: 'Active' },
        Environment: { Variables: { ...environment, POWERTOOLS_LOG_LEVEL: 'WARN' } },
      });
  });

  test('without these settings a function has none of them', () => {
    const [one] = Object.values(synth().resources('AWS::Lambda::Function'));

    expect(one?.Properties).not.toHaveProperty('Layers');
    expect(one?.Properties).not.toHaveProperty('TracingConfig');
    expect(JSON.stringify(one?.Properties['Environment'])).not.toContain('POWERTOOLS_LOG_LEVEL');
  });

  test("the variable of a source's handlers is the one that its consumer gets", () => {
    const { resources } = synth({
      sources: { stripe: { provider: 'stripe', handlerEnvironment: { DD_SERVICE: 'billing' } } },
      lambda: { environment: { DD_SERVICE: 'hooks' } },
    });
    const serviceOf = (path: string) =>
      Object(resources('AWS::Lambda::Function')[path]?.Properties['Environment']).Variables.DD_SERVICE;

    expect(serviceOf('Source-stripe/Consume')).toBe('billing');
    expect(serviceOf('Source-stripe/Receive')).toBe('hooks');
  });

  test.each([
    [
      'QUEUE_URL',
      { environment: { QUEUE_URL: 'x' } },
      /^lambda: environment\.QUEUE_URL is set by Hookline itself/,
    ],
    ['NODE_OPTIONS', { environment: { NODE_OPTIONS: '--require x' } }, /environment\.NODE_OPTIONS is set by/],
    [
      'POWERTOOLS_LOG_LEVEL',
      { environment: { POWERTOOLS_LOG_LEVEL: 'WARN' } },
      /POWERTOOLS_LOG_LEVEL is set by/,
    ],
    ['a slip', { layer: [] } as LambdaProps, /^lambda: layer is unknown; expected one of environment, /],
    [
      'a level',
      { logLevel: 'SILENT' } as unknown as LambdaProps,
      /^lambda: logLevel is 'SILENT'; write one of DEBUG, /,
    ],
  ])('%s is refused with its path', (_, lambda, message) => {
    expect(() => synth({ lambda })).toThrow(message);
  });

  test('cdk-nag finds nothing in functions that are traced', () => {
    const app = newApp();
    new Webhooks(new Stack(app, 'Nag'), 'Default', {
      sources: threeSources,
      lambda: { tracing: Tracing.ACTIVE, environment },
    });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

    expect(() => app.synth()).not.toThrow();
  });
});
