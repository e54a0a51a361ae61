import { dynamodbOutboundEvents } from '../../../../lambdas/adapters/dynamodb/outbound-events/store.ts';
import { asEndpointId } from '../../../../lambdas/domain/ids.ts';
import type { OutboundEvent } from '../../../../lambdas/domain/outbound-event.ts';
import { toUnixSeconds } from '../../../../lambdas/domain/time.ts';
import { after, type Draw, type MakeOperations, oneOf } from './operations.ts';

/** Long enough to be stored as a binary. */
const longText = JSON.stringify('é'.repeat(1000));

/** Two published events. */
export const eventsOperations: MakeOperations = (client, tenant) => {
  const store = dynamodbOutboundEvents(client, 'OutboundEvents');
  const endpointsOf = ({ a }: Draw) => ['ep_1', 'ep_2'].slice(0, a % 3).map(asEndpointId);
  const idOf = ({ a }: Draw): string => `${tenant}#e${a % 2}`;
  const eventOf = (draw: Draw): OutboundEvent => ({
    id: idOf(draw),
    eventType: 'invoice.paid',
    createdAt: draw.now,
    contentHash: `h${draw.c}`,
    payload: draw.b === 0 ? { s3Key: 'outbound/x' } : { text: oneOf(['{}', '', '"é"', longText], draw.b) },
    ...(draw.c === 0 && { isWide: true }),
    ...(draw.c === 1 && { isWide: true, endpoints: endpointsOf(draw) }),
    ...(draw.b === 2 && { rangesLeft: ['a', 'b'] }),
    expiresAt: toUnixSeconds(after(draw.now, 300)),
  });
  return {
    create: (draw) => store.create(eventOf(draw)),
    read: (draw) => store.read(idOf(draw)),
    markFannedOut: (draw) => store.markFannedOut(idOf(draw), draw.now),
    keep: (draw) => store.keep(idOf(draw), toUnixSeconds(after(draw.now, 100 * draw.b)), draw.now),
    widen: (draw) => store.widen(idOf(draw), draw.b === 1 ? endpointsOf(draw) : undefined),
    split: (draw) => store.split(idOf(draw), ['a', 'b', 'c'].slice(0, 1 + (draw.b % 3))),
    rangeDone: (draw) => store.rangeDone(idOf(draw), oneOf(['a', 'b', 'c', 'd'], draw.c)),
  };
};
