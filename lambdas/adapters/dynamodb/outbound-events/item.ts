import * as v from 'valibot';
import { EndpointIdText } from '../../../domain/ids.ts';
import { Instant, InstantSeconds } from '../../../domain/instant-fields.ts';
import type { OutboundEvent, Payload } from '../../../domain/outbound-event.ts';
import { AlteredBodyError } from '../../../domain/stored-body.ts';
import { readStoredText, type StoredText } from '../../../domain/stored-text.ts';
import { itemParser } from '../parse-item.ts';
import { cheapestForm } from '../write-units.ts';

/** An item of the OutboundEvents table. `expiresAt`, the table's TTL, is in seconds; every other instant in milliseconds. */
const EventItem = v.object({
  id: v.string(),
  eventType: v.string(),
  createdAt: Instant,
  contentHash: v.string(),
  /** A binary is a compressed text. An earlier version cannot parse it, so it never sends an empty body. */
  payload: v.optional(v.union([v.string(), v.instance(Uint8Array)]), ''),
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
    payload: payloadS3 === undefined ? payloadIn(payload) : { s3Key: payloadS3 },
    ...(rangesLeft && { rangesLeft: [...rangesLeft] }),
  };
}

/** A damaged payload must not keep the event from being read, e.g. for a later expiry: the reader of the payload throws. */
function payloadIn(stored: StoredText): Payload {
  try {
    return { text: readStoredText(stored) };
  } catch (error) {
    if (error instanceof AlteredBodyError) return { damage: error };
    throw error;
  }
}

/** @throws AlteredBodyError for an event whose payload is damaged: it is never written again */
export function outboundEventItem({ payload, rangesLeft, ...event }: OutboundEvent) {
  if ('damage' in payload) throw payload.damage;
  const item = { ...event, rangesLeft: rangesLeft && new Set(rangesLeft) };
  if ('s3Key' in payload) return { ...item, payloadS3: payload.s3Key };
  return { ...item, payload: cheapestForm(payload.text, { ...item, payload: '' }) };
}
