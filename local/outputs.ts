import { existsSync, readFileSync } from 'node:fs';
import { deploymentsIn, factsFrom, outputsOf, type SourceFacts, type StackFacts } from '../lib/outputs.ts';
import type { StackOutputs } from './cdk.ts';
import type { AwsEndpoint } from './endpoint.ts';
import { LocalAwsError } from './failure.ts';

interface LocalSource {
  /** The URL to post to. */
  readonly url: string;
  /** The URL that some providers sign, if the app sets one. */
  readonly publicUrl?: string;
  readonly secretArn: string;
  readonly provider: string;
  readonly checks?: SourceFacts['checks'];
}

/** `.local/outputs.json`: the resources of the deployed app. Tables are names, queues are URLs. */
export interface LocalOutputs {
  readonly awsEndpoint: string;
  /** The certificate to trust; set if the endpoint has TLS. */
  readonly caFile?: string;
  readonly inbound: { readonly baseUrl: string; readonly sources: Readonly<Record<string, LocalSource>> };
  /** The management API; its requests are signed with AWS Signature Version 4. */
  readonly managementUrl: string;
  readonly outbound: {
    readonly topicArn: string;
    readonly publishQueueUrl: string;
    readonly signingSecretArn: string;
    /** The secret under which the endpoints' secrets are sealed. */
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
  /** The name prefix of the queues of `hookline listen`. */
  readonly tapQueuePrefix: string;
  readonly queues: LocalQueues & { readonly sideline: string };
  readonly dlqs: LocalQueues & { readonly undelivered: string; readonly subscription: string };
  /** Alarms of the app that the emulator does not support. */
  readonly alarmsLeftOut?: number;
}

interface LocalQueues {
  readonly publish: string;
  readonly delivery: string;
  readonly inbound: Readonly<Record<string, string>>;
}

/**
 * Makes the content of the outputs file from the outputs of the deploy.
 *
 * @throws LocalAwsError when the app has none
 */
export function toLocalOutputs(endpoint: AwsEndpoint, stacks: StackOutputs): LocalOutputs {
  const found = Object.values(stacks).flatMap((outputs) =>
    deploymentsIn(outputs).map((deployment) => outputsOf(deployment, outputs)),
  );
  const [outputs] = found;
  if (outputs === undefined)
    throw new LocalAwsError(
      'The app has neither a WebhookStack nor Webhooks, so there is nothing to run: add one to the app, or choose another app with --app.',
    );
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
      sideline: facts.sidelineQueueUrl,
      inbound: bySource(({ queueUrl }) => queueUrl),
    },
    dlqs: { ...dlqsOf(facts), inbound: bySource(({ dlqUrl }) => dlqUrl) },
  };
}

const dlqsOf = (facts: StackFacts): Omit<LocalOutputs['dlqs'], 'inbound'> => ({
  publish: facts.publishDlqUrl,
  delivery: facts.deliveryDlqUrl,
  undelivered: facts.undeliveredQueueUrl,
  subscription: facts.subscriptionDlqUrl,
});

const tablesOf = (facts: StackFacts): LocalOutputs['tables'] => ({
  inboundEvents: facts.inboundEventsTable,
  outboundEvents: facts.outboundEventsTable,
  deliveries: facts.deliveriesTable,
  endpoints: facts.endpointsTable,
});

/** The host name of an API does not resolve here. The emulator also serves it under a path of its endpoint. */
export function reachable(endpoint: Pick<AwsEndpoint, 'url'>, url: string): string {
  // Such a name is not a valid host of a URL, so it is not parsed as one.
  const [, apiId, path = ''] =
    /^https?:\/\/(\w+)\.execute-api\.127\.0\.0\.1(?::\d+)?(\/.*)?$/.exec(url) ?? [];
  return apiId === undefined ? url : `${endpoint.url}/_aws/execute-api/${apiId}${path}`;
}

/** Reads the outputs file of a running local AWS; undefined when none runs. */
export function readOutputs(file: string): LocalOutputs | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
