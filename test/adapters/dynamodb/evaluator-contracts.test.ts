import { dynamodbDeliveries } from '../../../lambdas/adapters/dynamodb/deliveries/store.ts';
import { dynamodbEndpointGauges } from '../../../lambdas/adapters/dynamodb/endpoints/gauges.ts';
import { dynamodbEndpoints } from '../../../lambdas/adapters/dynamodb/endpoints/store.ts';
import { dynamodbTallies } from '../../../lambdas/adapters/dynamodb/failure-tallies.ts';
import { gatherWrites } from '../../../lambdas/adapters/dynamodb/gathered-writes.ts';
import { onceOnly } from '../../../lambdas/adapters/dynamodb/inbound-events/once-only.ts';
import { dynamodbInboundEvents } from '../../../lambdas/adapters/dynamodb/inbound-events/store.ts';
import { dynamodbLimiter } from '../../../lambdas/adapters/dynamodb/limiter/store.ts';
import { dynamodbManifests } from '../../../lambdas/adapters/dynamodb/manifests.ts';
import { dynamodbOutboundEvents } from '../../../lambdas/adapters/dynamodb/outbound-events/store.ts';
import { dynamodbRecoveries } from '../../../lambdas/adapters/dynamodb/recoveries.ts';
import { dynamodbInMemory } from '../../../testing/memory/dynamodb/dynamodb.ts';
import { claimsContract } from './claims-contract.ts';
import { deliveriesContract } from './deliveries-contract.ts';
import { endpointsContract } from './endpoints-contract.ts';
import { talliesContract } from './failure-tallies-contract.ts';
import { gaugesContract } from './gauges-contract.ts';
import { keptContract } from './kept-contract.ts';
import { limiterContract } from './limiter-contract.ts';
import { listedContract } from './listed-contract.ts';
import { manifestsContract } from './manifests-contract.ts';
import { onceOnlyContract } from './once-only-contract.ts';
import { outboundEventsContract } from './outbound-events-contract.ts';
import { recoveriesContract } from './recoveries-contract.ts';
import { stoppedContract } from './stopped-contract.ts';

/** A client on empty tables. */
const client = () => dynamodbInMemory().client();
const deliveries = async () => dynamodbDeliveries(client(), 'Deliveries');
const inboundEvents = async () => dynamodbInboundEvents(client(), 'InboundEvents');

deliveriesContract('the stand-in of DynamoDB', deliveries);
listedContract('the stand-in of DynamoDB', deliveries);
stoppedContract('the stand-in of DynamoDB', deliveries);
// Each write in a batch, even if it is alone.
const inBatches = () => gatherWrites(client(), { fewest: 1 });
deliveriesContract('the stand-in of DynamoDB, in batches', async () =>
  dynamodbDeliveries(inBatches(), 'Deliveries'),
);
outboundEventsContract('the stand-in of DynamoDB, in batches', async () =>
  dynamodbOutboundEvents(inBatches(), 'OutboundEvents'),
);
claimsContract('the stand-in of DynamoDB', inboundEvents);
keptContract('the stand-in of DynamoDB', inboundEvents);
const tableOfTokens = client();
onceOnlyContract('the stand-in of DynamoDB', async (source, rememberFor) =>
  onceOnly(tableOfTokens, 'InboundEvents', source, rememberFor),
);
outboundEventsContract('the stand-in of DynamoDB', async () =>
  dynamodbOutboundEvents(client(), 'OutboundEvents'),
);
endpointsContract('the stand-in of DynamoDB', async () => dynamodbEndpoints(client(), 'Endpoints'));
limiterContract('the stand-in of DynamoDB', async () => dynamodbLimiter(client(), 'Endpoints'));
talliesContract('the stand-in of DynamoDB', async () => dynamodbTallies(client(), 'Endpoints'));
manifestsContract('the stand-in of DynamoDB', async () => dynamodbManifests(client(), 'Endpoints', 1));
recoveriesContract('the stand-in of DynamoDB', async () => dynamodbRecoveries(client(), 'Endpoints'));
gaugesContract('the stand-in of DynamoDB', async () => {
  const shared = client();
  return {
    gauges: dynamodbEndpointGauges(shared, 'Endpoints'),
    endpoints: dynamodbEndpoints(shared, 'Endpoints'),
    limiter: dynamodbLimiter(shared, 'Endpoints'),
  };
});
