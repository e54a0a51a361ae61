import * as v from 'valibot';
import { EndpointIdText } from '../../../domain/ids.ts';
import { Instant, InstantSeconds } from '../../../domain/instant-fields.ts';
import type { OutboundEvent } from '../../../domain/outbound-event.ts';
import { itemParser } from '../parse-item.ts';

/** An item of the OutboundEvents table. `expiresAt`, the table's TTL, is in seconds; every other instant in milliseconds. */
const EventItem = v.object({
  id: v.string(),
  eventType: v.string(),
  createdAt: Instant,
  contentHash: v.string(),
  payload: v.optional(v.string(), ''),
  payloadS3: v.optional(v.string()),
  isWide: v.optional(v.boolean()),
  endpoints: v.optional(v.array(EndpointIdText)),
  rangesLeft: v.optional(v.set(v.string())),
  fannedOutAt: v.optional(Instant),
  expiresAt: InstantSeconds,
});

const parse = itemParser('event', 'OutboundEvents', EventItem);

/** @throws MalformedItemError */
export function parseOutboundEvent(item: unknown): OutboundEvent {
  const { payload, payloadS3, rangesLeft, ...event } = parse(item);
  return {
    ...event,
    payload: payloadS3 === undefined ? { text: payload } : { s3Key: payloadS3 },
    ...(rangesLeft && { rangesLeft: [...rangesLeft] }),
  };
}

export function outboundEventItem({ payload, rangesLeft, ...event }: OutboundEvent) {
  const place = 'text' in payload ? { payload: payload.text } : { payloadS3: payload.s3Key };
  return { ...event, ...place, rangesLeft: rangesLeft && new Set(rangesLeft) };
}
