import { join } from 'node:path';
import { App, RemovalPolicy } from 'aws-cdk-lib';
import { catalogue, type ProviderName } from '../../lambdas/domain/provider/catalogue.ts';
import { genericNames } from '../../lambdas/domain/provider/generic.ts';
import type { SourceProps } from '../../lib/source-props.ts';
import { WebhookStack } from '../../lib/webhook-stack.ts';

// A source for every provider, named by its slug, that stores every event. Together they share what a source has of its own
// otherwise: eighty times twenty resources would not fit a stack.

const app = new App({ builtinCloudFormationValidation: false });

const signed = { signatureHeader: 'x-signature', encoding: 'hex', prefix: '' } as const;
const named = { idHeader: 'x-event-id', typeHeader: 'x-event-type' };
const generic: Readonly<Record<string, Partial<SourceProps>>> = {
  hmac: { hmac: { ...signed, ...named, algorithm: 'sha256' } },
  ed25519: { ed25519: { ...signed, ...named, timestampHeader: 'x-timestamp' } },
  token: { token: { header: 'authorization', prefix: 'Bearer ', ...named } },
};

const isProvider = (name: string): name is ProviderName =>
  Object.hasOwn(catalogue, name) || genericNames.some((known) => known === name);

const sources = [...Object.keys(catalogue), ...genericNames]
  .filter(isProvider)
  .map((name) => [name, { provider: name, ...generic[name] }] as const);

new WebhookStack(app, app.node.tryGetContext('name') ?? 'EveryProvider', {
  env: { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] },
  isolation: 'shared',
  // Where the providers believe that they post, and what some of them sign.
  publicBaseUrl: 'https://hooks.example.test',
  sources: Object.fromEntries(sources),
  handlersRegistry: join(import.meta.dirname, 'handlers/every-provider.ts'),
  dataRemoval: RemovalPolicy.DESTROY,
});
