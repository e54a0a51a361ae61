import { memoryDeliveries } from '../../support/memory/deliveries.ts';
import { memoryEndpoints } from '../../support/memory/endpoints.ts';
import { memoryTallies } from '../../support/memory/failure-tallies.ts';
import { memoryGauges } from '../../support/memory/gauges.ts';
import { memoryLimiter } from '../../support/memory/limiter.ts';
import { memoryEvents } from '../../support/memory/outbound-events.ts';
import { memoryRecoveries } from '../../support/memory/recoveries.ts';
import { deliveriesContract } from './deliveries-contract.ts';
import { endpointsContract } from './endpoints-contract.ts';
import { talliesContract } from './failure-tallies-contract.ts';
import { gaugesContract } from './gauges-contract.ts';
import { limiterContract } from './limiter-contract.ts';
import { listedContract } from './listed-contract.ts';
import { outboundEventsContract } from './outbound-events-contract.ts';
import { recoveriesContract } from './recoveries-contract.ts';

deliveriesContract('memory', async () => memoryDeliveries());
outboundEventsContract('memory', async () => memoryEvents());
endpointsContract('memory', async () => memoryEndpoints());
limiterContract('memory', async () => memoryLimiter());
listedContract('memory', async () => memoryDeliveries());
recoveriesContract('memory', async () => memoryRecoveries());
talliesContract('memory', async () => memoryTallies());
gaugesContract('memory', async () => {
  const [endpoints, limiter] = [memoryEndpoints(), memoryLimiter()];
  return { endpoints, limiter, gauges: memoryGauges(endpoints, limiter) };
});
