import { memoryDeliveries } from '../fakes/outbound-deliveries.ts';
import { memoryEndpoints } from '../fakes/outbound-endpoints.ts';
import { memoryEvents } from '../fakes/outbound-events.ts';
import { memoryGates } from '../fakes/outbound-gates.ts';
import { memoryRecoveries } from '../fakes/outbound-recoveries.ts';
import { deliveriesContract } from './deliveries-contract.ts';
import { endpointsContract } from './endpoints-contract.ts';
import { gatesContract } from './gates-contract.ts';
import { listedContract } from './listed-contract.ts';
import { outboundEventsContract } from './outbound-events-contract.ts';
import { recoveriesContract } from './recoveries-contract.ts';

deliveriesContract('memory', async () => memoryDeliveries());
outboundEventsContract('memory', async () => memoryEvents());
endpointsContract('memory', async () => memoryEndpoints());
gatesContract('memory', async () => memoryGates());
listedContract('memory', async () => memoryDeliveries());
recoveriesContract('memory', async () => memoryRecoveries());
