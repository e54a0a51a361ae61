import { memoryDeliveries } from '../fakes/outbound-deliveries.ts';
import { memoryEndpoints } from '../fakes/outbound-endpoints.ts';
import { memoryEvents } from '../fakes/outbound-events.ts';
import { memoryGates } from '../fakes/outbound-gates.ts';
import { deliveriesContract } from './deliveries-contract.ts';
import { endpointsContract } from './endpoints-contract.ts';
import { gatesContract } from './gates-contract.ts';
import { outboundEventsContract } from './outbound-events-contract.ts';

deliveriesContract('memory', async () => memoryDeliveries());
outboundEventsContract('memory', async () => memoryEvents());
endpointsContract('memory', async () => memoryEndpoints());
gatesContract('memory', async () => memoryGates());
