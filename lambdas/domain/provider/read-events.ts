import { createHash } from 'node:crypto';
import type { RawRequest } from '../raw-request.ts';
import { headerName } from '../signature/scheme.ts';
import { sliceJsonArray } from './json-array.ts';
import { parsePayload } from './payload.ts';
import type { FieldRule, IdRule, Provider } from './provider.ts';

/** One event of a verified request. */
export interface ProviderEvent {
  readonly id: string;
  readonly type: string;
  /** Message attributes, where their fields are there. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
  /** Its own bytes: the request's body, or its raw slice of it. */
  readonly body: Uint8Array;
}

/** What a verified request carries, or why it is no event of this provider. */
export type ReadEvents =
  | { readonly ok: true; readonly events: readonly ProviderEvent[] }
  | { readonly ok: false; readonly reason: 'not-json' | 'no-event-id' | 'no-event-type' | 'too-many-events' };

/** More than this in one request cannot be on the queue before the strictest provider hangs up. */
const maxEvents = 1000;
/** A key of the events table holds 2 KB; ids and types of providers have tens of characters. */
const maxNameBytes = 512;

/** The hash that names an event without an id of its own. */
export const bodyHash = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');

/**
 * Reads the events of a verified request.
 *
 * @param family the header family that verified
 * @param idRule the provider's, or the body's hash where the source says so
 */
export function readEvents(
  provider: Provider,
  request: RawRequest,
  family: string,
  idRule: IdRule,
): ReadEvents {
  const payload = parsePayload(request.body, provider.body, request.headers.get('content-type'));
  if (payload === undefined && provider.body !== 'any') return { ok: false, reason: 'not-json' };
  const field = fieldReader(request, family);
  if (!provider.batch) return collect([readEvent(provider, request.body, payload, idRule, field)]);
  if (!Array.isArray(payload)) return { ok: false, reason: 'not-json' };
  if (payload.length > maxEvents) return { ok: false, reason: 'too-many-events' };
  const slices = sliceJsonArray(request.body);
  return withDistinctIds(
    collect(slices.map((slice, index) => readEvent(provider, slice, payload[index], idRule, field))),
  );
}

type FieldReader = (rule: FieldRule, payload: unknown) => string | undefined;

function readEvent(
  provider: Provider,
  body: Uint8Array,
  payload: unknown,
  idRule: IdRule,
  field: FieldReader,
): ProviderEvent | 'no-event-id' | 'no-event-type' {
  const id = idRule.from === 'hash' ? bodyHash(body) : field(idRule, payload);
  if (id === undefined || !isName(id)) return 'no-event-id';
  const type = field(provider.type, payload) ?? provider.typeWhenAbsent;
  if (type === undefined || !isName(type)) return 'no-event-type';
  const attributes = Object.entries(provider.attributes).map(([name, rule]) => [name, field(rule, payload)]);
  return { id, type, attributes: Object.fromEntries(attributes), body };
}

function collect(events: readonly (ProviderEvent | 'no-event-id' | 'no-event-type')[]): ReadEvents {
  const reason = events.find((event) => typeof event === 'string');
  if (reason !== undefined) return { ok: false, reason };
  return { ok: true, events: events.filter((event) => typeof event !== 'string') };
}

/** Equal elements are events of their own: the second is `<id>:2`, the third `<id>:3`. */
function withDistinctIds(read: ReadEvents): ReadEvents {
  if (!read.ok) return read;
  const seen = new Map<string, number>();
  const events = read.events.map((event) => {
    const nth = (seen.get(event.id) ?? 0) + 1;
    seen.set(event.id, nth);
    return nth === 1 ? event : { ...event, id: `${event.id}:${nth}` };
  });
  return { ok: true, events };
}

function fieldReader(request: RawRequest, family: string): FieldReader {
  return (rule, payload) => {
    if (rule.from === 'header') return request.headers.get(headerName(rule.name, family)) || undefined;
    return rule.paths.map((path) => textAt(payload, path)).find((text) => text !== undefined);
  };
}

function textAt(payload: unknown, path: string): string | undefined {
  const value = path.split('.').reduce<unknown>(propertyOf, payload);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function propertyOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

const isName = (text: string): boolean =>
  text.isWellFormed() && !/\p{Cc}/u.test(text) && Buffer.byteLength(text) <= maxNameBytes;
