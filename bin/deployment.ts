import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { SourceChecks, StackFacts } from '../lib/outputs.ts';
import { type LocalOutputs, reachable } from '../local/outputs.ts';
import { RefusedError } from './refusal.ts';
import { enterTarget, type TargetOptions } from './target.ts';

/** One source of a deployment. */
export interface DeployedSource {
  readonly name: string;
  readonly provider: string;
  /** Where to post; under a public URL of its own a provider signs that one. */
  readonly url: string;
  readonly publicUrl?: string;
  readonly checks?: SourceChecks;
  readonly secretArn: string;
  readonly queueUrl: string;
  readonly dlqUrl: string;
}

/** Where everything is that a command works on. Tables are names, queues are URLs. */
export type Deployment = Omit<StackFacts, 'apiId' | 'inboundBaseUrl' | 'topicArn' | 'sources'> & {
  readonly sources: Readonly<Record<string, DeployedSource>>;
};

/**
 * Finds the deployment that the options and the environment name, and has this process talk to it.
 *
 * @throws RefusedError when there is no such stack, or it is no Hookline stack
 */
export async function openDeployment(options: TargetOptions): Promise<Deployment> {
  const target = enterTarget(options);
  return target.kind === 'local' ? fromLocalOutputs(target.outputs) : ofStack(target.name);
}

async function ofStack(name: string): Promise<Deployment> {
  const outputs = await readStackOutputs(name);
  const { factsFrom } = await import('../lib/outputs.ts');
  try {
    return fromHere(factsFrom(outputs));
  } catch (error) {
    throw new RefusedError(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}

/** An emulator's API has a host name that resolves nowhere. */
function fromHere(facts: StackFacts): Deployment {
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

async function readStackOutputs(name: string): Promise<Record<string, string>> {
  const client = new CloudFormationClient();
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const outputs = Stacks?.[0]?.Outputs ?? [];
    return Object.fromEntries(
      outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  } catch (error) {
    if (!(error instanceof Error && /does not exist/.test(error.message))) throw error;
    const where = process.env['AWS_ENDPOINT_URL'] ?? (await client.config.region());
    throw new RefusedError(
      `There is no stack ${name} in ${where}: pass --stack NAME, or another --region or --profile.`,
    );
  }
}

/** The same, from the outputs file of a local AWS. */
export function fromLocalOutputs(outputs: LocalOutputs): Deployment {
  const { inbound, outbound, tables, queues, dlqs, payloadBucket } = outputs;
  const sources = Object.entries(inbound.sources).map(([name, source]) => [
    name,
    { ...source, name, queueUrl: queues.inbound[name], dlqUrl: dlqs.inbound[name] },
  ]);
  return {
    sources: Object.fromEntries(sources),
    managementUrl: outputs.managementUrl,
    signingSecretArn: outbound.signingSecretArn,
    masterSecretArn: outbound.masterSecretArn,
    operationsTopicArn: outbound.operationsTopicArn,
    payloadBucket,
    tapQueuePrefix: outputs.tapQueuePrefix,
    publishQueueUrl: queues.publish,
    deliveryQueueUrl: queues.delivery,
    publishDlqUrl: dlqs.publish,
    deliveryDlqUrl: dlqs.delivery,
    undeliveredQueueUrl: dlqs.undelivered,
    subscriptionDlqUrl: dlqs.subscription,
    inboundEventsTable: tables.inboundEvents,
    outboundEventsTable: tables.outboundEvents,
    deliveriesTable: tables.deliveries,
    endpointsTable: tables.endpoints,
  };
}

/**
 * The source of that name.
 *
 * @throws RefusedError listing those that there are
 */
export function sourceOf(deployment: Deployment, name: string): DeployedSource {
  const source = Object.hasOwn(deployment.sources, name) ? deployment.sources[name] : undefined;
  if (source) return source;
  throw new RefusedError(
    `There is no source '${name}'; this stack has ${Object.keys(deployment.sources).join(', ')}.`,
  );
}
