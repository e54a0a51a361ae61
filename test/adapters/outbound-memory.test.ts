import { memoryDeliveries } from '../fakes/outbound-deliveries.ts';
import { memoryEndpoints } from '../fakes/outbound-endpoints.ts';
import { memoryEvents } from '../fakes/outbound-events.ts';
import { memoryGates } from '../fakes/outbound-gates.ts';
import { memoryGauges } from '../fakes/outbound-gauges.ts';
import { memoryRecoveries } from '../fakes/outbound-recoveries.ts';
import { memoryTallies } from '../fakes/outbound-tallies.ts';
import { deliveriesContract } from './deliveries-contract.ts';
import { endpointsContract } from './endpoints-contract.ts';
import { gatesContract } from './gates-contract.ts';
import { gaugesContract } from './gauges-contract.ts';
import { listedContract } from './listed-contract.ts';
import { outboundEventsContract } from './outbound-events-contract.ts';
import { recoveriesContract } from './recoveries-contract.ts';
import { talliesContract } from './tallies-contract.ts';

deliveriesContract('memory', async () => memoryDeliveries());
outboundEventsContract('memory', async () => memoryEvents());
endpointsContract('memory', async () => memoryEndpoints());
gatesContract('memory', async () => memoryGates());
listedContract('memory', async () => memoryDeliveries());
recoveriesContract('memory', async () => memoryRecoveries());
talliesContract('memory', async () => memoryTallies());
gaugesContract('memory', async () => {
  const [endpoints, limiter] = [memoryEndpoints(), memoryGates()];
  return { endpoints, limiter, gauges: memoryGauges(endpoints, limiter) };
});
