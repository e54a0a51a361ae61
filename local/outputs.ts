import { existsSync, readFileSync } from 'node:fs';
import { deploymentsIn, factsFrom, type OutboundFacts, outputsOf, type SourceFacts } from '../lib/outputs.ts';
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
  /** The key that encrypts everything, if the app has one. */
  readonly encryptionKeyArn?: string;
  /** The addresses that deliveries come from, separated by commas, if the app fixes them. */
  readonly egressAddresses?: string;
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
  const { inbound, outbound, ...facts } = wholeDeploymentIn(stacks);
  const sources = Object.values(facts.sources);
  const bySource = <T>(value: (source: SourceFacts) => T): Record<string, T> =>
    Object.fromEntries(sources.map((source) => [source.name, value(source)]));
  return {
    awsEndpoint: endpoint.url,
    ...(endpoint.caFile ? { caFile: endpoint.caFile } : {}),
    inbound: {
      baseUrl: reachable(endpoint, inbound.inboundBaseUrl),
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
      topicArn: outbound.topicArn,
      publishQueueUrl: outbound.publishQueueUrl,
      signingSecretArn: outbound.signingSecretArn,
      masterSecretArn: outbound.masterSecretArn,
      operationsTopicArn: outbound.operationsTopicArn,
    },
    tables: {
      inboundEvents: inbound.inboundEventsTable,
      outboundEvents: outbound.outboundEventsTable,
      deliveries: outbound.deliveriesTable,
      endpoints: outbound.endpointsTable,
    },
    payloadBucket: facts.payloadBucket,
    ...(facts.encryptionKeyArn && { encryptionKeyArn: facts.encryptionKeyArn }),
    ...(facts.egressAddresses && { egressAddresses: facts.egressAddresses }),
    tapQueuePrefix: inbound.tapQueuePrefix,
    queues: {
      publish: outbound.publishQueueUrl,
      delivery: outbound.deliveryQueueUrl,
      sideline: outbound.sidelineQueueUrl,
      inbound: bySource(({ queueUrl }) => queueUrl),
    },
    dlqs: { ...dlqsOf(outbound), inbound: bySource(({ dlqUrl }) => dlqUrl) },
  };
}

/** The first deployment. @throws LocalAwsError when there is none, or when it has only one of the parts */
function wholeDeploymentIn(stacks: StackOutputs) {
  const found = Object.values(stacks).flatMap((outputs) =>
    deploymentsIn(outputs).map((deployment) => outputsOf(deployment, outputs)),
  );
  const [outputs] = found;
  if (outputs === undefined)
    throw new LocalAwsError(
      'The app has neither a WebhookStack nor Webhooks, so there is nothing to run: add one to the app, or choose another app with --app.',
    );
  const { inbound, outbound, ...shared } = factsFrom(outputs);
  if (inbound !== undefined && outbound !== undefined) return { ...shared, inbound, outbound };
  throw new LocalAwsError(
    `The app has only ${inbound === undefined ? 'OutboundWebhooks' : 'InboundWebhooks'}, and the local AWS runs apps that do both: use Webhooks in the app that you run here.`,
  );
}

const dlqsOf = (outbound: OutboundFacts): Omit<LocalOutputs['dlqs'], 'inbound'> => ({
  publish: outbound.publishDlqUrl,
  delivery: outbound.deliveryDlqUrl,
  undelivered: outbound.undeliveredQueueUrl,
  subscription: outbound.subscriptionDlqUrl,
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
