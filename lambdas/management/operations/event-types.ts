import * as v from 'valibot';
import type { EventTypeRecord } from '../../domain/event-type.ts';
import { EventType } from '../../domain/publish-message.ts';
import { toIsoInstant, type UnixMillis } from '../../domain/time.ts';
import { cursorOf, PageQuery, placeIn } from '../cursor.ts';
import { etagOf, operation } from '../operation.ts';
import { Problem } from '../problem.ts';
import { EventTypeFields, EventTypeView, listOf } from '../schemas.ts';

/** What event types need of the outside world. */
export interface EventTypePorts {
  now(): UnixMillis;
  /** What is wrong with a JSON Schema; undefined: nothing. */
  checkSchema(schema: object): string | undefined;
  readonly eventTypes: {
    read(name: string): Promise<EventTypeRecord | undefined>;
    page(
      after: string | undefined,
      limit: number,
    ): Promise<{ readonly eventTypes: readonly EventTypeRecord[]; readonly next?: string }>;
    /** @param seen its version, 0 for none @returns false when it has changed since */
    put(eventType: EventTypeRecord, seen: number): Promise<boolean>;
    /** @returns false when it has changed since it was seen */
    remove(seen: EventTypeRecord): Promise<boolean>;
  };
}

const tag = 'Event types';
const NameParams = v.object({ name: EventType });
const path = '/v1/event-types/{name}';
const one = {
  description: 'The event type; its ETag is its version',
  schema: EventTypeView,
  hasEtag: true,
};

const view = ({ createdAt, updatedAt, ...rest }: EventTypeRecord) => ({
  ...rest,
  createdAt: toIsoInstant(createdAt),
  updatedAt: toIsoInstant(updatedAt),
});
const responseOf = (record: EventTypeRecord, status = 200) => ({
  status,
  body: view(record),
  etag: etagOf(record.version),
});

const Place = v.object({ after: EventType });

export const listEventTypes = operation(
  {
    ...{ id: 'listEventTypes', method: 'GET', path: '/v1/event-types', tag, params: v.object({}) },
    summary: 'The event types that are described, by name',
    query: v.object(PageQuery),
    answers: { 200: { description: 'A page', schema: listOf(EventTypeView) } },
  },
  async ({ query: { limit, cursor } }, ports: EventTypePorts) => {
    const { eventTypes, next } = await ports.eventTypes.page(placeIn(Place, cursor)?.after, limit);
    const nextCursor = next === undefined ? undefined : cursorOf({ after: next });
    return { status: 200, body: { data: eventTypes.map(view), nextCursor } };
  },
);

export const getEventType = operation(
  {
    ...{ id: 'getEventType', method: 'GET', path, tag, params: NameParams },
    summary: 'One event type',
    answers: { 200: one },
  },
  async ({ params: { name } }, ports: EventTypePorts) => responseOf(await eventTypeFor(name, ports)),
);

async function eventTypeFor(name: string, ports: EventTypePorts): Promise<EventTypeRecord> {
  const record = await ports.eventTypes.read(name);
  if (record === undefined) throw new Problem('not-found', `There is no description of ${name}.`);
  return record;
}

export const putEventType = operation(
  {
    ...{ id: 'putEventType', method: 'PUT', path, tag, params: NameParams },
    summary: 'Describes an event type; with checkPayload, payloads that do not fit its schema are refused',
    isVersioned: true,
    body: EventTypeFields,
    exactField: 'example',
    answers: { 200: one, 201: one },
  },
  async ({ params: { name }, body, version }, ports: EventTypePorts) => {
    const wrong = body.schema && ports.checkSchema(body.schema);
    if (wrong !== undefined)
      throw new Problem('invalid-request', `schema: ${wrong}`, [{ path: 'schema', message: wrong }]);
    const known = await ports.eventTypes.read(name);
    const seen = known?.version ?? 0;
    const now = ports.now();
    // The first is none that an earlier one of this name had.
    const next = known === undefined ? now : known.version + 1;
    const record = { ...body, name, createdAt: known?.createdAt ?? now, updatedAt: now, version: next };
    const isAsSeen = version === undefined || version === seen;
    if (!isAsSeen || !(await ports.eventTypes.put(record, seen))) throw changed(name);
    return responseOf(record, known === undefined ? 201 : 200);
  },
);

export const deleteEventType = operation(
  {
    ...{ id: 'deleteEventType', method: 'DELETE', path, tag, params: NameParams },
    summary: 'Forgets the description; events of the type are sent as before',
    isVersioned: true,
    answers: { 204: { description: 'Forgotten' } },
  },
  async ({ params: { name }, version }, ports: EventTypePorts) => {
    const seen = await eventTypeFor(name, ports);
    const isAsSeen = version === undefined || version === seen.version;
    if (!isAsSeen || !(await ports.eventTypes.remove(seen))) throw changed(name);
    return { status: 204 };
  },
);

const changed = (name: string): Problem =>
  new Problem('changed-meanwhile', `${name} is at another version than the one you have seen: GET it again.`);
