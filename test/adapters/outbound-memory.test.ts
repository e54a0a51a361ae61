import { memoryDeliveries } from '../fakes/outbound-deliveries.ts';
import { memoryEvents } from '../fakes/outbound-events.ts';
import { deliveriesContract } from './deliveries-contract.ts';
import { outboundEventsContract } from './outbound-events-contract.ts';

deliveriesContract('memory', async () => memoryDeliveries());
outboundEventsContract('memory', async () => memoryEvents());
