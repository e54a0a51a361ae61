import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { asError } from '../../lambdas/domain/errors.ts';
import type { InboundFacts, OutboundFacts, SourceChecks, StackFacts } from '../../lib/outputs.ts';
import { type LocalOutputs, reachable } from '../../local/outputs.ts';
import { RefusedError } from '../terminal/errors.ts';
import { chooseDeployment } from './choose-deployment.ts';
import { stackInName } from './resource-names.ts';
import { enterTarget, type TargetOptions } from './target.ts';

/** One source of a deployment. */
export interface DeployedSource {
  readonly name: string;
  readonly provider: string;
  /** The URL to post to. A provider that knows the source by `publicUrl` signs that one. */
  readonly url: string;
  readonly publicUrl?: string;
  readonly checks?: SourceChecks;
  readonly secretArn: string;
  readonly queueUrl: string;
  readonly dlqUrl: string;
}

/** The resources of a deployment: tables by name, queues by URL, secrets by ARN. */
export type Deployment = Pick<
  StackFacts,
  'managementUrl' | 'payloadBucket' | 'encryptionKeyArn' | 'egressAddresses'
> & {
  /** Undefined for `OutboundWebhooks`. */
  readonly inbound: Omit<InboundFacts, 'inboundBaseUrl'> | undefined;
  /** Undefined for `InboundWebhooks`. */
  readonly outbound: Omit<OutboundFacts, 'topicArn'> | undefined;
  readonly sources: Readonly<Record<string, DeployedSource>>;
  /** The number of the stack's alarms that a local AWS does not have. */
  readonly alarmsLeftOut?: number;
};

/** The result of looking for a deployment. */
export type Found =
  | { readonly kind: 'deployed'; readonly stack: string; readonly deployment: Deployment }
  /** `status` is set when the stack exists but has no outputs: it was never deployed completely. */
  | {
      readonly kind: 'absent';
      readonly stack: string;
      readonly where: string;
      readonly status: string | undefined;
    };

/**
 * Finds the deployment that the options and the environment choose, and points this process's SDK clients to it.
 *
 * @throws RefusedError when there is no such stack, or it is not a Hookline stack
 */
export async function openDeployment(options: TargetOptions): Promise<Deployment> {
  return deploymentOf(await findDeployment(options));
}

/** @throws RefusedError when nothing is deployed */
export function deploymentOf(found: Found): Deployment {
  if (found.kind === 'deployed') return found.deployment;
  const { stack, where, status } = found;
  throw new RefusedError(
    status === undefined
      ? `There is no stack ${stack} in ${where}: pass --stack NAME, or another --region or --profile.`
      : `The stack ${stack} in ${where} is ${status} and has no outputs: finish its deployment first.`,
  );
}

/**
 * The same, for commands that also work before the first deployment or after the last.
 *
 * @throws RefusedError when the stack was not made by Hookline
 */
export async function findDeployment(options: TargetOptions): Promise<Found> {
  const target = enterTarget(options);
  if (target.kind === 'stack') return findStack(target.name, options.construct);
  const deployment = fromLocalOutputs(target.outputs);
  return { kind: 'deployed', stack: stackInName(target.outputs.queues.publish), deployment };
}

async function findStack(stack: string, construct: string | undefined): Promise<Found> {
  const client = new CloudFormationClient();
  const found = await describeStack(client, stack);
  if (found === undefined || !found.Outputs?.length) {
    const where = process.env['AWS_ENDPOINT_URL'] ?? (await client.config.region());
    return { kind: 'absent', stack, where, status: found?.StackStatus };
  }
  const outputs = Object.fromEntries(
    found.Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  const { deploymentsIn, factsFrom, outputsOf } = await import('../../lib/outputs.ts');
  const chosen = chooseDeployment(stack, deploymentsIn(outputs), construct);
  try {
    const facts = factsFrom(outputsOf(chosen, outputs));
    return { kind: 'deployed', stack, deployment: withReachableUrls(facts) };
  } catch (error) {
    throw new RefusedError(`${stack}: ${asError(error).message}`);
  }
}

/** @returns undefined when the stack does not exist */
export async function describeStack(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks?.[0];
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** Replaces the host of an emulator's URLs, which does not resolve, by the endpoint's. */
function withReachableUrls(facts: StackFacts): Deployment {
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  if (endpoint === undefined) return facts;
  const sources = Object.entries(facts.sources).map(([name, source]) => [
    name,
    { ...source, url: reachable({ url: endpoint }, source.url) },
  ]);
  return {
    ...facts,
    managementUrl: reachable({ url: endpoint }, facts.managementUrl),
    sources: Object.fromEntries(sources),
  };
}

/** A deployment from the outputs file of the local AWS. */
export function fromLocalOutputs(outputs: LocalOutputs): Deployment {
  const { inbound, outbound, tables, queues, dlqs, payloadBucket } = outputs;
  const sources = Object.entries(inbound.sources).map(([name, source]) => [
    name,
    { ...source, name, queueUrl: queues.inbound[name], dlqUrl: dlqs.inbound[name] },
  ]);
  return {
    sources: Object.fromEntries(sources),
    managementUrl: outputs.managementUrl,
    payloadBucket,
    encryptionKeyArn: outputs.encryptionKeyArn,
    egressAddresses: outputs.egressAddresses,
    inbound: { tapQueuePrefix: outputs.tapQueuePrefix, inboundEventsTable: tables.inboundEvents },
    outbound: {
      signingSecretArn: outbound.signingSecretArn,
      masterSecretArn: outbound.masterSecretArn,
      operationsTopicArn: outbound.operationsTopicArn,
      publishQueueUrl: queues.publish,
      deliveryQueueUrl: queues.delivery,
      sidelineQueueUrl: queues.sideline,
      publishDlqUrl: dlqs.publish,
      deliveryDlqUrl: dlqs.delivery,
      undeliveredQueueUrl: dlqs.undelivered,
      subscriptionDlqUrl: dlqs.subscription,
      outboundEventsTable: tables.outboundEvents,
      deliveriesTable: tables.deliveries,
      endpointsTable: tables.endpoints,
    },
    alarmsLeftOut: outputs.alarmsLeftOut,
  };
}

/**
 * The outbound part.
 *
 * @throws RefusedError when the deployment only receives
 */
export function outboundOf({ outbound }: Pick<Deployment, 'outbound'>) {
  if (outbound !== undefined) return outbound;
  throw new RefusedError(
    'This deployment sends nothing: it was made by InboundWebhooks. Use Webhooks to send.',
  );
}

/**
 * The inbound part.
 *
 * @throws RefusedError when the deployment only sends
 */
export function inboundOf({ inbound }: Pick<Deployment, 'inbound'>) {
  if (inbound !== undefined) return inbound;
  throw new RefusedError(
    'This deployment receives nothing: it was made by OutboundWebhooks. Use Webhooks to receive.',
  );
}

/**
 * Finds a source by its name.
 *
 * @throws RefusedError listing the stack's sources, or when the deployment only sends
 */
export function sourceOf(deployment: Deployment, name: string): DeployedSource {
  const source = Object.hasOwn(deployment.sources, name) ? deployment.sources[name] : undefined;
  if (source) return source;
  inboundOf(deployment);
  throw new RefusedError(
    `There is no source '${name}'; this stack has ${Object.keys(deployment.sources).join(', ')}.`,
  );
}
