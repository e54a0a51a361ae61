import * as v from 'valibot';
import { EventIdField, EventIdShape } from './event-id.ts';
import { type EndpointId, EndpointIdText, TenantIdText } from './ids.ts';
import { MalformedMessageError, parseMessage, serialiseMessage } from './messages.ts';

/** A part of a tenant's endpoints in the order of their ids: after `after`, up to and including `upTo`. */
export interface EndpointRange {
  readonly after?: EndpointId;
  readonly upTo?: EndpointId;
}

/** The name of a range: its beginning and its end as JSON. */
const RangeName = v.pipe(
  v.string(),
  v.parseJson(),
  v.tuple([v.nullable(EndpointIdText), v.nullable(EndpointIdText)]),
);

/** A message on the publish queue from λ publish to itself: fan out one range of a large tenant. */
const RangeMessage = v.object({
  v: v.literal(1),
  kind: v.literal('range'),
  tenant: v.pipe(TenantIdText, v.nonEmpty()),
  eventId: EventIdField,
  /** The id of the publish message. */
  correlationId: EventIdShape,
  range: v.pipe(
    v.string(),
    v.check((name) => v.is(RangeName, name), 'the name of a range'),
  ),
});
export type RangeMessage = v.InferOutput<typeof RangeMessage>;

/** Names a range by its beginning and its end. */
export const rangeName = ({ after, upTo }: EndpointRange): string =>
  JSON.stringify([after ?? null, upTo ?? null]);

/** Reads a range. @param name from a parsed range message */
export function rangeOf(name: string): EndpointRange {
  const [after, upTo] = v.parse(RangeName, name);
  return { after: after ?? undefined, upTo: upTo ?? undefined };
}

/** Makes the message for one range of an event's endpoints. */
export const rangeMessage = (message: Omit<RangeMessage, 'v' | 'kind'>): string =>
  serialiseMessage({ v: 1, kind: 'range', ...message });

/** Parses a range message. @returns undefined when the text is another message */
export function openRange(text: string): RangeMessage | undefined {
  if (!text.startsWith('{"v":1,"kind":"range"')) return undefined;
  try {
    return parseMessage(RangeMessage, 'range message', text);
  } catch (error) {
    if (error instanceof MalformedMessageError) return undefined;
    throw error;
  }
}
