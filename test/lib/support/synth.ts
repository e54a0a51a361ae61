import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App, type AppProps, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebhookStack, type WebhookStackProps } from '../../../lib/webhook-stack.ts';

const cdkJson: { readonly context: Readonly<Record<string, unknown>> } = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../cdk.json'), 'utf8'),
);

/** Where the bundles are, too: Vitest ends its processes by a signal, and `lib/parts/function-build.ts` removes what is an hour old. */
const cache = resolve(import.meta.dirname, '../../../node_modules/.cache/hookline');
mkdirSync(cache, { recursive: true });
const assemblies = mkdtempSync(join(cache, 'synth-'));

/** An app as `npx cdk synth` makes it: with the project's feature flags, CloudFormation's own validation among them. */
export function newApp(context: Readonly<Record<string, unknown>> = {}, more: AppProps = {}): App {
  const outdir = mkdtempSync(join(assemblies, 'app-'));
  // Assets stay where they were built.
  const staging = { 'aws:cdk:disable-asset-staging': true };
  return new App({ outdir, context: { ...cdkJson.context, ...staging, ...context }, ...more });
}

/** The handlers of the shipped app. */
export const shippedHandlers = resolve(import.meta.dirname, '../../../lambdas/handlers/registry.ts');

export const threeSources = {
  stripe: { provider: 'stripe' },
  github: { provider: 'github' },
  shopify: { provider: 'shopify' },
} as const;

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Synthesised<Made extends Stack = WebhookStack> {
  readonly stack: Made;
  readonly template: Template;
  /** Of one type, by the path of the construct that made it, without the stack's name: `Source-stripe/Receive`. */
  resources(type: string): Readonly<Record<string, Resource>>;
}

/** Without CloudFormation's validation, which `nag.test.ts` runs and which takes a while. */
export const quickApp = (context: Readonly<Record<string, unknown>> = {}): App =>
  newApp(context, { builtinCloudFormationValidation: false });

/** Synthesises one stack. */
export function synth(
  props: Partial<WebhookStackProps> = {},
  context: Readonly<Record<string, unknown>> = {},
): Synthesised {
  return synthesised(
    new WebhookStack(quickApp(context), 'Test', {
      sources: threeSources,
      handlersRegistry: shippedHandlers,
      ...props,
    }),
  );
}

/** A stack with a deployment that has the id `Default`, as that of a `WebhookStack` has. */
export function synthesised<Made extends Stack>(stack: Made): Synthesised<Made> {
  const template = Template.fromStack(stack);
  return { stack, template, resources: (type) => byPath(stack, template, type) };
}

function byPath(stack: Stack, template: Template, type: string): Record<string, Resource> {
  const found: Record<string, Resource> = {};
  const all: Readonly<Record<string, Resource>> = template.toJSON()['Resources'];
  for (const child of stack.node.findAll()) {
    if (!('logicalId' in child) || child.node.id === 'CDKMetadata') continue;
    const resource = all[String(stack.resolve(child.logicalId))];
    const path = child.node.path
      .slice(`${stack.node.path}/Default/`.length)
      .replace(/\/(Resource|Default)$/, '');
    if (resource?.Type === type) found[path] = resource;
  }
  return found;
}
