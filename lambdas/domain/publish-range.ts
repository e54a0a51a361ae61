import * as v from 'valibot';
import { EventId } from './event-id.ts';
import { MalformedMessageError, parseMessage, serialiseMessage } from './messages.ts';

/** A part of a tenant's endpoints in the order of their ids: those after the one, up to and with the other. */
export interface EndpointRange {
  readonly after?: string;
  readonly upTo?: string;
}

/** Where a range begins and ends, as its name says it. */
const RangeName = v.pipe(
  v.string(),
  v.parseJson(),
  v.tuple([v.nullable(v.string()), v.nullable(v.string())]),
);

/** A message of the publish queue, from λ publish to itself, once: a part of a large tenant. */
const RangeMessage = v.object({
  v: v.literal(1),
  kind: v.literal('range'),
  tenant: v.pipe(v.string(), v.nonEmpty()),
  eventId: EventId,
  /** The id of the publication's message. */
  correlationId: EventId,
  range: v.pipe(
    v.string(),
    v.check((name) => v.is(RangeName, name), 'the name of a range'),
  ),
});
export type RangeMessage = v.InferOutput<typeof RangeMessage>;

/** Names a range among those of an event; it says where the range begins and ends. */
export const rangeName = ({ after, upTo }: EndpointRange): string =>
  JSON.stringify([after ?? null, upTo ?? null]);

/** @param name of a range message, which was checked */
export function rangeOf(name: string): EndpointRange {
  const [after, upTo] = v.parse(RangeName, name);
  return { after: after ?? undefined, upTo: upTo ?? undefined };
}

/** The message that has one range of an event's endpoints dealt with. */
export const rangeMessage = (message: Omit<RangeMessage, 'v' | 'kind'>): string =>
  serialiseMessage({ v: 1, kind: 'range', ...message });

/** @returns undefined when the text is no such message */
export function openRange(text: string): RangeMessage | undefined {
  if (!text.startsWith('{"v":1,"kind":"range"')) return undefined;
  try {
    return parseMessage(RangeMessage, 'range message', text);
  } catch (error) {
    if (error instanceof MalformedMessageError) return undefined;
    throw error;
  }
}
