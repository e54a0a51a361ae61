import {
  type EventSourceMappingConfiguration,
  type LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { queueNameOf } from '../../lambdas/adapters/sqs/queue.ts';
import type { Deployment } from '../stack/deployment.ts';

/** The event source mappings of a deployment's work queues; those of other stacks of the account are left out. */
export async function queueMappings(
  client: LambdaClient,
  deployment: Deployment,
): Promise<readonly EventSourceMappingConfiguration[]> {
  const queues = workQueueNames(deployment);
  const found: EventSourceMappingConfiguration[] = [];
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client }, {}))
    found.push(...EventSourceMappings.filter((mapping) => queues.has(queueIn(mapping))));
  return found;
}

/** The queues that functions read; sources may share one. */
export const workQueueNames = ({ sources, outbound }: Deployment): ReadonlySet<string> => {
  const ofSources = Object.values(sources).map(({ queueUrl }) => queueUrl);
  const ofSending =
    outbound === undefined
      ? []
      : [outbound.publishQueueUrl, outbound.deliveryQueueUrl, outbound.sidelineQueueUrl];
  return new Set([...ofSending, ...ofSources].map(queueNameOf));
};

/** The name of a mapping's queue. */
export const queueIn = ({ EventSourceArn = '' }: EventSourceMappingConfiguration): string =>
  EventSourceArn.split(':').at(-1) ?? '';
