import { existsSync, readFileSync } from 'node:fs';
import { factsFrom, type SourceFacts, type StackFacts } from '../lib/outputs.ts';
import type { StackOutputs } from './cdk.ts';
import type { AwsEndpoint } from './endpoint.ts';
import { LocalAwsError } from './failure.ts';

interface LocalSource {
  /** Where to post. */
  readonly url: string;
  /** What a provider that signs its URL signs, where the app sets one. */
  readonly publicUrl?: string;
  readonly secretArn: string;
  readonly provider: string;
  readonly checks?: SourceFacts['checks'];
}

/** `.local/outputs.json`: where everything of the deployed app is. Tables are names, queues are URLs. */
export interface LocalOutputs {
  readonly awsEndpoint: string;
  /** Trust this; set where the endpoint speaks TLS. */
  readonly caFile?: string;
  readonly inbound: { readonly baseUrl: string; readonly sources: Readonly<Record<string, LocalSource>> };
  /** The management API; its requests are signed with AWS Signature Version 4. */
  readonly managementUrl: string;
  readonly outbound: {
    readonly topicArn: string;
    readonly publishQueueUrl: string;
    readonly signingSecretArn: string;
    /** What the secrets of endpoints are sealed under. */
    readonly masterSecretArn: string;
    readonly operationsTopicArn: string;
  };
  readonly tables: {
    readonly inboundEvents: string;
    readonly outboundEvents: string;
    readonly deliveries: string;
    readonly endpoints: string;
  };
  readonly payloadBucket: string;
  /** How the queues of `hookline listen` begin. */
  readonly tapQueuePrefix: string;
  readonly queues: LocalQueues;
  readonly dlqs: LocalQueues & { readonly undelivered: string; readonly subscription: string };
  /** Alarms of the app that the emulator cannot have. */
  readonly alarmsLeftOut?: number;
}

interface LocalQueues {
  readonly publish: string;
  readonly delivery: string;
  readonly inbound: Readonly<Record<string, string>>;
}

/**
 * The outputs file's content, from the outputs of what was deployed.
 *
 * @throws LocalAwsError when no stack of the app is a `WebhookStack`
 */
export function toLocalOutputs(endpoint: AwsEndpoint, stacks: StackOutputs): LocalOutputs {
  const outputs = Object.values(stacks).find(isWebhookStack);
  if (outputs === undefined)
    throw new LocalAwsError('The app has no WebhookStack, so there is nothing to run.');
  const facts = factsFrom(outputs);
  const sources = Object.values(facts.sources);
  const bySource = <T>(value: (source: SourceFacts) => T): Record<string, T> =>
    Object.fromEntries(sources.map((source) => [source.name, value(source)]));
  return {
    awsEndpoint: endpoint.url,
    ...(endpoint.caFile ? { caFile: endpoint.caFile } : {}),
    inbound: {
      baseUrl: reachable(endpoint, facts.inboundBaseUrl),
      sources: bySource(({ url, publicUrl, secretArn, provider, checks }) => ({
        url: reachable(endpoint, url),
        ...(publicUrl ? { publicUrl } : {}),
        secretArn,
        provider,
        ...(checks ? { checks } : {}),
      })),
    },
    managementUrl: reachable(endpoint, facts.managementUrl),
    outbound: {
      topicArn: facts.topicArn,
      publishQueueUrl: facts.publishQueueUrl,
      signingSecretArn: facts.signingSecretArn,
      masterSecretArn: facts.masterSecretArn,
      operationsTopicArn: facts.operationsTopicArn,
    },
    tables: tablesOf(facts),
    payloadBucket: facts.payloadBucket,
    tapQueuePrefix: facts.tapQueuePrefix,
    queues: {
      publish: facts.publishQueueUrl,
      delivery: facts.deliveryQueueUrl,
      inbound: bySource(({ queueUrl }) => queueUrl),
    },
    dlqs: {
      publish: facts.publishDlqUrl,
      delivery: facts.deliveryDlqUrl,
      undelivered: facts.undeliveredQueueUrl,
      subscription: facts.subscriptionDlqUrl,
      inbound: bySource(({ dlqUrl }) => dlqUrl),
    },
  };
}

const tablesOf = (facts: StackFacts): LocalOutputs['tables'] => ({
  inboundEvents: facts.inboundEventsTable,
  outboundEvents: facts.outboundEventsTable,
  deliveries: facts.deliveriesTable,
  endpoints: facts.endpointsTable,
});

const isWebhookStack = (outputs: Readonly<Record<string, string>>): boolean => 'InboundBaseUrl' in outputs;

/** An API's own host name resolves nowhere; the emulator serves it under a path of its endpoint, too. */
export function reachable(endpoint: Pick<AwsEndpoint, 'url'>, url: string): string {
  // Such a name is no valid host of a URL, so it is not parsed as one.
  const [, apiId, path = ''] =
    /^https?:\/\/(\w+)\.execute-api\.127\.0\.0\.1(?::\d+)?(\/.*)?$/.exec(url) ?? [];
  return apiId === undefined ? url : `${endpoint.url}/_aws/execute-api/${apiId}${path}`;
}

/** Reads the outputs file of a local AWS that runs; undefined when none does. */
export function readOutputs(file: string): LocalOutputs | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
