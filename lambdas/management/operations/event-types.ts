import * as v from 'valibot';
import type { EventTypeRecord } from '../../domain/event-type.ts';
import { EventType } from '../../domain/publish-message.ts';
import { toIsoInstant } from '../../domain/time.ts';
import type { OutboundPorts } from '../../outbound/ports.ts';
import { cursorOf, PageQuery, placeIn } from '../cursor.ts';
import { etagOf, operation } from '../operation.ts';
import type { ManagementPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { EventTypeFields, EventTypeView, listOf } from '../schemas.ts';

export type EventTypePorts = Pick<OutboundPorts, 'now'> & Pick<ManagementPorts, 'checkSchema' | 'eventTypes'>;

const tag = 'Event types';
const NameParams = v.object({ name: EventType });
const path = '/v1/event-types/{name}';
const eventTypeResponse = {
  description: 'The event type; its ETag is its version',
  schema: EventTypeView,
  hasEtag: true,
};

const eventTypeView = ({ createdAt, updatedAt, ...rest }: EventTypeRecord) => ({
  ...rest,
  createdAt: toIsoInstant(createdAt),
  updatedAt: toIsoInstant(updatedAt),
});
const responseOf = (record: EventTypeRecord, status = 200) => ({
  status,
  body: eventTypeView(record),
  etag: etagOf(record.version),
});

const Place = v.object({ after: EventType });

export const listEventTypes = operation(
  {
    id: 'listEventTypes',
    method: 'GET',
    path: '/v1/event-types',
    tag,
    params: v.object({}),
    summary: 'Lists the described event types by name',
    query: v.object(PageQuery),
    responses: { 200: { description: 'A page', schema: listOf(EventTypeView) } },
  },
  async ({ query: { limit, cursor } }, ports: EventTypePorts) => {
    const { eventTypes, next } = await ports.eventTypes.page(placeIn(Place, cursor)?.after, limit);
    const nextCursor = next === undefined ? undefined : cursorOf({ after: next });
    return { status: 200, body: { data: eventTypes.map(eventTypeView), nextCursor } };
  },
);

export const getEventType = operation(
  {
    id: 'getEventType',
    method: 'GET',
    path,
    tag,
    params: NameParams,
    summary: 'Returns one event type',
    responses: { 200: eventTypeResponse },
  },
  async ({ params: { name } }, ports: EventTypePorts) => responseOf(await eventTypeFor(name, ports)),
);

async function eventTypeFor(name: string, ports: EventTypePorts): Promise<EventTypeRecord> {
  const record = await ports.eventTypes.read(name);
  if (record === undefined) throw new Problem('not-found', `The event type ${name} has no description.`);
  return record;
}

export const putEventType = operation(
  {
    id: 'putEventType',
    method: 'PUT',
    path,
    tag,
    params: NameParams,
    summary: 'Describes an event type; with checkPayload, payloads that do not match its schema are refused',
    isVersioned: true,
    body: EventTypeFields,
    exactField: 'example',
    responses: { 200: eventTypeResponse, 201: eventTypeResponse },
  },
  async ({ params: { name }, body, version }, ports: EventTypePorts) => {
    const wrong = body.schema && (await ports.checkSchema(body.schema));
    if (wrong !== undefined)
      throw new Problem('invalid-request', `schema: ${wrong}`, [{ path: 'schema', message: wrong }]);
    const known = await ports.eventTypes.read(name);
    const seen = known?.version ?? 0;
    const now = ports.now();
    // The time as the first version: never one that a deleted event type of this name had.
    const next = known === undefined ? now : known.version + 1;
    const record = { ...body, name, createdAt: known?.createdAt ?? now, updatedAt: now, version: next };
    const isAsSeen = version === undefined || version === seen;
    if (!isAsSeen || !(await ports.eventTypes.put(record, seen))) throw changed(name);
    return responseOf(record, known === undefined ? 201 : 200);
  },
);

export const deleteEventType = operation(
  {
    id: 'deleteEventType',
    method: 'DELETE',
    path,
    tag,
    params: NameParams,
    summary: 'Deletes the description; events of the type are sent as before',
    isVersioned: true,
    responses: { 204: { description: 'Deleted' } },
  },
  async ({ params: { name }, version }, ports: EventTypePorts) => {
    const seen = await eventTypeFor(name, ports);
    const isAsSeen = version === undefined || version === seen.version;
    if (!isAsSeen || !(await ports.eventTypes.remove(seen))) throw changed(name);
    return { status: 204 };
  },
);

const changed = (name: string): Problem =>
  new Problem(
    'changed-meanwhile',
    `${name} has changed since you read it: GET it again, then repeat your change.`,
  );
