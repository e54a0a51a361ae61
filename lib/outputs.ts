import { CfnOutput, type Stack } from 'aws-cdk-lib';
import * as v from 'valibot';

/** Everything of a deployed stack that a user or a tool must know. Tables are names, queues are URLs. */
export interface StackFacts {
  readonly apiId: string;
  readonly inboundBaseUrl: string;
  readonly topicArn: string;
  readonly signingSecretArn: string;
  readonly payloadBucket: string;
  readonly publishQueueUrl: string;
  readonly deliveryQueueUrl: string;
  readonly publishDlqUrl: string;
  readonly deliveryDlqUrl: string;
  readonly subscriptionDlqUrl: string;
  readonly inboundEventsTable: string;
  readonly outboundEventsTable: string;
  readonly deliveriesTable: string;
  readonly sources: Readonly<Record<string, SourceFacts>>;
}

const SourceFacts = v.object({
  name: v.string(),
  provider: v.string(),
  url: v.string(),
  publicUrl: v.optional(v.string()),
  secretArn: v.string(),
  queueUrl: v.string(),
  dlqUrl: v.string(),
});
export type SourceFacts = v.InferOutput<typeof SourceFacts>;

const outputKeys = {
  apiId: 'InboundApiId',
  inboundBaseUrl: 'InboundBaseUrl',
  topicArn: 'OutboundTopicArn',
  signingSecretArn: 'OutboundSigningSecretArn',
  payloadBucket: 'PayloadBucket',
  publishQueueUrl: 'PublishQueueUrl',
  deliveryQueueUrl: 'DeliveryQueueUrl',
  publishDlqUrl: 'PublishDlqUrl',
  deliveryDlqUrl: 'DeliveryDlqUrl',
  subscriptionDlqUrl: 'SubscriptionDlqUrl',
  inboundEventsTable: 'InboundEventsTable',
  outboundEventsTable: 'OutboundEventsTable',
  deliveriesTable: 'DeliveriesTable',
} as const satisfies Record<Exclude<keyof StackFacts, 'sources'>, string>;

/** One JSON output a source: CloudFormation allows 200 outputs, and a stack may hold sixty sources. */
const sourceKeyPrefix = 'Source';

/** Adds the facts to the stack's outputs. */
export function addOutputs(stack: Stack, facts: StackFacts): void {
  for (const [fact, key] of Object.entries(outputKeys)) {
    new CfnOutput(stack, key, { value: String(facts[fact as keyof typeof outputKeys]) });
  }
  Object.values(facts.sources).forEach((source, index) => {
    new CfnOutput(stack, `${sourceKeyPrefix}${index + 1}`, { value: stack.toJsonString(source) });
  });
}

/**
 * Reads the facts back from a deployed stack's outputs.
 *
 * @throws Error naming the output that is missing
 */
export function factsFrom(outputs: Readonly<Record<string, string>>): StackFacts {
  const named = Object.entries(outputKeys).map(([fact, key]) => {
    const value = outputs[key];
    if (value === undefined)
      throw new Error(`the stack has no output ${key}: is it a Hookline stack, deployed to the end?`);
    return [fact, value];
  });
  const sources = Object.entries(outputs)
    .filter(([key]) => /^Source\d+$/.test(key))
    .map(([, value]) => v.parse(SourceFacts, JSON.parse(value)))
    .map((source) => [source.name, source]);
  return { ...Object.fromEntries(named), sources: Object.fromEntries(sources) } as StackFacts;
}
