import type { RawRequest } from '../raw-request.ts';
import { bodyHash } from './body-hash.ts';
import type { BodyLimit } from './body-limits.ts';
import { sliceJsonArray, sliceJsonValue } from './json-slices.ts';
import { readPayload } from './payload.ts';
import { propertyAt } from './property.ts';
import type { FieldRule, Provider } from './provider.ts';
import { first, hash } from './provider-dsl.ts';
import { type EventParts, readField } from './read-field.ts';

/** One event of a verified request. */
export interface ProviderEvent {
  readonly id: string;
  readonly type: string;
  /** The message attributes; undefined when the field is absent. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
  /** The event's own bytes: the request's body, or a raw slice of it. */
  readonly body: Uint8Array;
  /** The body's text, if reading the event decoded it. */
  readonly text?: string;
}

/** The events of a verified request, or why it has none. */
export type ReadEvents =
  | { readonly ok: true; readonly events: readonly ProviderEvent[] }
  | {
      readonly ok: false;
      readonly reason: 'not-json' | 'no-event-id' | 'no-event-type' | 'too-many-events' | BodyLimit;
    };

/** More events than this cannot be enqueued before the strictest provider's timeout. */
const maxEvents = 1000;
/** A key of the events table holds 2 KB; providers' ids and types have tens of characters. */
const maxNameBytes = 512;

/** How to read a request. */
export interface ReadOptions {
  /** The header family that verified. */
  readonly family: string;
  /** The rule for ids, from the provider or the source's `eventId`. */
  readonly idRule: FieldRule;
  readonly requestId: string;
}

/** Reads the events of a verified request. */
export function readEvents(provider: Provider, request: RawRequest, options: ReadOptions): ReadEvents {
  const { family, idRule, requestId } = options;
  const { unwrap = (whole) => whole } = provider;
  const body = unwrap(request.body);
  const found = readPayload(body, provider.body);
  if (!found.ok) return found;
  const payload = found.value;
  // An event is never a bare number or word, but a signed challenge could be.
  const isStructure = typeof payload === 'object' && payload !== null;
  if (!isStructure && provider.body !== 'any') return { ok: false, reason: 'not-json' };
  const read = (slice: Uint8Array, element: unknown) =>
    readEvent(provider, idRule, { request, requestId, family, body: slice, payload: element });
  // One odd event must not get the whole request refused: the provider would resend all of it.
  const readElement = (slice: Uint8Array, element: unknown) =>
    typeof element === 'object' && element !== null
      ? readEvent(lenient(provider), first(idRule, hash), {
          request,
          requestId,
          family,
          body: slice,
          payload: element,
        })
      : read(slice, element);
  const only = () => withText(read(body, payload), found.text);
  if (!provider.batch) return collect([only()]);
  const path = provider.batch === true ? undefined : provider.batch;
  const elements = path === undefined ? payload : propertyAt(payload, path);
  if (!Array.isArray(elements)) {
    return provider.batchOrOne ? collect([only()]) : { ok: false, reason: 'not-json' };
  }
  if (elements.length > maxEvents) return { ok: false, reason: 'too-many-events' };
  const slices = sliceJsonArray(path === undefined ? body : sliceJsonValue(body, path));
  return withDistinctIds(collect(slices.map((slice, index) => readElement(slice, elements[index]))));
}

const lenient = (provider: Provider): Provider => ({
  ...provider,
  typeWhenAbsent: provider.typeWhenAbsent ?? 'unknown',
});

type EventOrReason = ProviderEvent | 'no-event-id' | 'no-event-type';

const withText = (event: EventOrReason, text: string | undefined): EventOrReason =>
  typeof event === 'string' ? event : { ...event, text };

function readEvent(provider: Provider, idRule: FieldRule, parts: EventParts): EventOrReason {
  const id = readField(idRule, parts);
  if (id === undefined) return 'no-event-id';
  const type = usableType(readField(provider.type, parts)) ?? provider.typeWhenAbsent;
  if (type === undefined) return 'no-event-type';
  const attributes = Object.entries(provider.attributes).map(([name, rule]) => [
    name,
    readField(rule, parts),
  ]);
  return { id: usableId(id, parts), type, attributes: Object.fromEntries(attributes), body: parts.body };
}

/** Ids that test buttons and samples share, such as `evt_00000000000000` and UUIDs of zeros. */
const dummyId = /^(?:[A-Za-z]{1,16}[_-]){0,2}0[0-]{3,}$/;

/** Replaces an id only if it cannot be a key, or if different events share it. */
function usableId(id: string, { body, requestId }: EventParts): string {
  if (dummyId.test(id)) return `${id}:${bodyHash(body)}:${requestId}`;
  return isName(id) ? id : bodyHash(Buffer.from(id, 'utf8'));
}

/** Trims a type. @returns undefined when the rest is not a valid name */
function usableType(type: string | undefined): string | undefined {
  const name = type?.trim();
  return name !== undefined && name !== '' && isName(name) ? name : undefined;
}

function collect(events: readonly EventOrReason[]): ReadEvents {
  const reason = events.find((event) => typeof event === 'string');
  if (reason !== undefined) return { ok: false, reason };
  return { ok: true, events: events.filter((event) => typeof event !== 'string') };
}

/**
 * Gives equal elements distinct ids: the second is `<id>:2`, the third `<id>:3`.
 *
 * Skips a number that would make the id of another element: of two events with one id, the second would be dropped as a
 * duplicate.
 */
function withDistinctIds(read: ReadEvents): ReadEvents {
  if (!read.ok) return read;
  const own = new Set(read.events.map(({ id }) => id));
  const taken = new Set<string>();
  const lastNumbers = new Map<string, number>();
  const events = read.events.map((event) => {
    let { id } = event;
    let nth = lastNumbers.get(event.id) ?? 1;
    while (taken.has(id) || (id !== event.id && own.has(id))) id = `${event.id}:${++nth}`;
    lastNumbers.set(event.id, nth);
    taken.add(id);
    return { ...event, id };
  });
  return { ok: true, events };
}

const isName = (text: string): boolean =>
  text.length <= maxNameBytes &&
  text.isWellFormed() &&
  !/\p{Cc}/u.test(text) &&
  Buffer.byteLength(text) <= maxNameBytes;
