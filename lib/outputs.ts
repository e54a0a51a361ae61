import * as v from 'valibot';
import { issuePath, issueText } from '../lambdas/domain/issue-text.ts';
import { parseJson } from '../lambdas/domain/json.ts';
import { SourceSettings } from '../lambdas/domain/source.ts';

/** The keys of the outputs of every deployment. */
const sharedKeys = { managementUrl: 'ManagementUrl', payloadBucket: 'PayloadBucket' } as const;

/** The keys of the outputs of the inbound part. Tables are names. */
const inboundKeys = {
  inboundBaseUrl: 'InboundBaseUrl',
  tapQueuePrefix: 'TapQueuePrefix',
  inboundEventsTable: 'InboundEventsTable',
} as const;

/** The keys of the outputs of the outbound part. Tables are names, queues are URLs. */
const outboundKeys = {
  topicArn: 'OutboundTopicArn',
  signingSecretArn: 'OutboundSigningSecretArn',
  publishQueueUrl: 'PublishQueueUrl',
  deliveryQueueUrl: 'DeliveryQueueUrl',
  sidelineQueueUrl: 'SidelineQueueUrl',
  publishDlqUrl: 'PublishDlqUrl',
  deliveryDlqUrl: 'DeliveryDlqUrl',
  undeliveredQueueUrl: 'UndeliveredQueueUrl',
  subscriptionDlqUrl: 'SubscriptionDlqUrl',
  outboundEventsTable: 'OutboundEventsTable',
  deliveriesTable: 'DeliveriesTable',
  endpointsTable: 'EndpointsTable',
  masterSecretArn: 'MasterSecretArn',
  operationsTopicArn: 'OperationsTopicArn',
} as const;

/** The keys of outputs that only some deployments have. */
const optionalKeys = { encryptionKeyArn: 'EncryptionKeyArn', egressAddresses: 'EgressAddresses' } as const;

/** The keys of the outputs that a deployment has once. */
export const outputKeys = { ...sharedKeys, ...inboundKeys, ...outboundKeys, ...optionalKeys } as const;
/** The keys of those outputs. */
export const outputNames: readonly string[] = Object.values(outputKeys);

type FactsOf<Keys> = { readonly [Fact in keyof Keys]: string };
/** The team's key, if it encrypts everything; the addresses that deliveries come from, separated by commas, if they are fixed. */
type OptionalFacts = { readonly [Fact in keyof typeof optionalKeys]?: string };
/** What the tools need of the inbound part. */
export type InboundFacts = FactsOf<typeof inboundKeys>;
/** What the tools need of the outbound part. */
export type OutboundFacts = FactsOf<typeof outboundKeys>;

/** The checks of a source, for tools that sign requests or explain refusals. */
const SourceChecks = v.object({
  ...v.pick(SourceSettings, ['tolerance', 'maxBodyBytes', 'hmac', 'token', 'ed25519']).entries,
  // Optional, because a stack of an earlier version has none of them.
  ...v.partial(v.pick(SourceSettings, ['rotationOverlap', 'eventId', 'allowedCidrs', 'handlerRetryDelays']))
    .entries,
});
export type SourceChecks = v.InferOutput<typeof SourceChecks>;

const SourceFacts = v.object({
  name: v.string(),
  provider: v.string(),
  url: v.string(),
  publicUrl: v.optional(v.string()),
  checks: v.optional(SourceChecks),
  secretArn: v.string(),
  queueUrl: v.string(),
  dlqUrl: v.string(),
});
export type SourceFacts = v.InferOutput<typeof SourceFacts>;

/** The facts of a deployment that users and tools need. */
export type StackFacts = FactsOf<typeof sharedKeys> &
  OptionalFacts & {
    /** Undefined for `OutboundWebhooks`. */
    readonly inbound: InboundFacts | undefined;
    /** Undefined for `InboundWebhooks`. */
    readonly outbound: OutboundFacts | undefined;
    readonly sources: Readonly<Record<string, SourceFacts>>;
  };

/** An output holds 4 KB, so it omits longer lists of ranges. */
export const maxRangesInOutput = 40;

/** One JSON output a source, `SourceStripe`: CloudFormation allows 200 outputs, and a stack may hold sixty sources. */
const sourceKey = /^Source[A-Z0-9]/;

type StackOutputs = Readonly<Record<string, string>>;

/**
 * Finds the deployments in a stack's outputs.
 *
 * @returns what the keys of each begin with: '' in a `WebhookStack`, `Hooks` for `new Webhooks(this, 'Hooks', …)`
 */
export const deploymentsIn = (outputs: StackOutputs): string[] =>
  Object.keys(outputs)
    .filter((key) => key.endsWith(outputKeys.managementUrl))
    .map((key) => key.slice(0, -outputKeys.managementUrl.length));

/** The outputs of one deployment, without what their keys begin with. */
export const outputsOf = (deployment: string, outputs: StackOutputs): StackOutputs =>
  Object.fromEntries(
    Object.entries(outputs)
      .filter(([key]) => key.startsWith(deployment))
      .map(([key, value]) => [key.slice(deployment.length), value]),
  );

/** An output is missing, or another version wrote it. */
class StackOutputError extends Error {
  override name = 'StackOutputError' as const;
}

function sourceIn(key: string, text: string): SourceFacts {
  const result = v.safeParse(SourceFacts, parseJson(text));
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new StackOutputError(
    `the stack's output ${key} is malformed: ${issuePath(issue) || 'the whole output'} ${issueText(issue)}; deploy the stack again`,
  );
}

/**
 * Reads the facts back from the outputs of a deployment.
 *
 * @throws StackOutputError naming the output that is missing, or that another version wrote
 */
export function factsFrom(outputs: StackOutputs): StackFacts {
  const sources = Object.entries(outputs)
    .filter(([key]) => sourceKey.test(key))
    .map(([key, value]) => sourceIn(key, value))
    .map((source) => [source.name, source]);
  return {
    ...factsOf(sharedKeys, outputs),
    encryptionKeyArn: outputs[optionalKeys.encryptionKeyArn],
    egressAddresses: outputs[optionalKeys.egressAddresses],
    inbound: has(inboundKeys, outputs) ? factsOf(inboundKeys, outputs) : undefined,
    outbound: has(outboundKeys, outputs) ? factsOf(outboundKeys, outputs) : undefined,
    sources: Object.fromEntries(sources),
  };
}

type Keys = Readonly<Record<string, string>>;

/** Whether the deployment has the part: one of its outputs is enough, so that a missing one is an error. */
const has = (keys: Keys, outputs: StackOutputs): boolean =>
  Object.values(keys).some((key) => outputs[key] !== undefined);

/** @throws StackOutputError naming the output that is missing */
function factsOf<Part extends Keys>(keys: Part, outputs: StackOutputs): FactsOf<Part> {
  const facts = Object.entries(keys).map(([fact, key]) => [fact, outputOf(key, outputs)]);
  return Object.fromEntries(facts) as FactsOf<Part>;
}

function outputOf(key: string, outputs: StackOutputs): string {
  const value = outputs[key];
  if (value !== undefined) return value;
  throw new StackOutputError(`the stack has no output ${key}: is it a Hookline stack, deployed to the end?`);
}
