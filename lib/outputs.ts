import * as v from 'valibot';
import { issuePath, issueText } from '../lambdas/domain/issue-text.ts';
import { parseJson } from '../lambdas/domain/json.ts';
import { SourceSettings } from '../lambdas/domain/source.ts';

/** The names of the outputs that a stack has once. Tables are names, queues are URLs. */
export const outputKeys = {
  inboundBaseUrl: 'InboundBaseUrl',
  managementUrl: 'ManagementUrl',
  topicArn: 'OutboundTopicArn',
  signingSecretArn: 'OutboundSigningSecretArn',
  payloadBucket: 'PayloadBucket',
  tapQueuePrefix: 'TapQueuePrefix',
  publishQueueUrl: 'PublishQueueUrl',
  deliveryQueueUrl: 'DeliveryQueueUrl',
  sidelineQueueUrl: 'SidelineQueueUrl',
  publishDlqUrl: 'PublishDlqUrl',
  deliveryDlqUrl: 'DeliveryDlqUrl',
  undeliveredQueueUrl: 'UndeliveredQueueUrl',
  subscriptionDlqUrl: 'SubscriptionDlqUrl',
  inboundEventsTable: 'InboundEventsTable',
  outboundEventsTable: 'OutboundEventsTable',
  deliveriesTable: 'DeliveriesTable',
  endpointsTable: 'EndpointsTable',
  masterSecretArn: 'MasterSecretArn',
  operationsTopicArn: 'OperationsTopicArn',
} as const;
type StackFact = keyof typeof outputKeys;
/** The keys of those outputs. */
export const outputNames: readonly string[] = Object.values(outputKeys);
export const isStackFact = (fact: string): fact is StackFact => Object.hasOwn(outputKeys, fact);
const Facts = v.object(v.entriesFromList(Object.keys(outputKeys).filter(isStackFact), v.string()));

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

/** The facts of a deployed stack that users and tools need. */
export type StackFacts = { readonly [Fact in StackFact]: string } & {
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
    .filter((key) => key.endsWith(outputKeys.inboundBaseUrl))
    .map((key) => key.slice(0, -outputKeys.inboundBaseUrl.length));

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
  for (const key of Object.values(outputKeys)) {
    if (outputs[key] === undefined)
      throw new StackOutputError(
        `the stack has no output ${key}: is it a Hookline stack, deployed to the end?`,
      );
  }
  const sources = Object.entries(outputs)
    .filter(([key]) => sourceKey.test(key))
    .map(([key, value]) => sourceIn(key, value))
    .map((source) => [source.name, source]);
  const values = v.parse(
    Facts,
    Object.fromEntries(Object.entries(outputKeys).map(([fact, key]) => [fact, outputs[key]])),
  );
  return { ...values, sources: Object.fromEntries(sources) };
}
