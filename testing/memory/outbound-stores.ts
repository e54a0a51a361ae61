import type { DynamodbClient } from '../../lambdas/adapters/dynamodb/commands.ts';
import { dynamodbDeliveries } from '../../lambdas/adapters/dynamodb/deliveries/store.ts';
import { dynamodbEndpointGauges } from '../../lambdas/adapters/dynamodb/endpoints/gauges.ts';
import { dynamodbEndpoints } from '../../lambdas/adapters/dynamodb/endpoints/store.ts';
import { dynamodbEventTypes } from '../../lambdas/adapters/dynamodb/event-types.ts';
import { dynamodbTallies } from '../../lambdas/adapters/dynamodb/failure-tallies.ts';
import { dynamodbLimiter } from '../../lambdas/adapters/dynamodb/limiter/store.ts';
import { dynamodbManifests } from '../../lambdas/adapters/dynamodb/manifests.ts';
import { dynamodbOutboundEvents } from '../../lambdas/adapters/dynamodb/outbound-events/store.ts';
import { dynamodbRecoveries } from '../../lambdas/adapters/dynamodb/recoveries.ts';
import { tableNames } from './dynamodb/dynamodb.ts';

/** The real adapters of the outbound flow on one client. */
export function outboundStores(client: DynamodbClient, manifestShards?: number) {
  const { deliveries, outboundEvents, endpoints } = tableNames;
  return {
    deliveries: dynamodbDeliveries(client, deliveries),
    manifests: dynamodbManifests(client, endpoints, manifestShards),
    events: dynamodbOutboundEvents(client, outboundEvents),
    endpoints: dynamodbEndpoints(client, endpoints),
    limiter: dynamodbLimiter(client, endpoints),
    recoveries: dynamodbRecoveries(client, endpoints),
    tallies: dynamodbTallies(client, endpoints),
    eventTypes: dynamodbEventTypes(client, endpoints),
    gauges: dynamodbEndpointGauges(client, endpoints),
  };
}
