import * as v from 'valibot';
import { type EventRecord, eventKey } from '../../domain/idempotency.ts';
import { keptStatuses } from '../../domain/kept-events.ts';
import { toIsoInstant, unixMillis, utcDay } from '../../domain/time.ts';
import { type InboundReplayPorts, keptEvents, replayEvent } from '../../inbound/replay.ts';
import type { OutboundPorts } from '../../outbound/ports.ts';
import { cursorOf, PageQuery, placeIn } from '../cursor.ts';
import { operation } from '../operation.ts';
import type { ManagementPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { InboundEventView, listOf } from '../schemas.ts';

export type InboundEventPorts = InboundReplayPorts &
  Pick<OutboundPorts, 'now'> &
  Pick<ManagementPorts, 'sources'>;

const tag = 'Received events';
const SourceParams = v.object({
  source: v.pipe(
    v.string(),
    v.regex(/^[a-z][a-z0-9-]{0,63}$/, "a source's name: a-z 0-9 -, beginning with a letter"),
  ),
});
const IdQuery = v.pipe(
  v.string(),
  v.check((id) => id.length >= 1 && id.length <= 512, '1 to 512 characters'),
);
const eventResponse = { description: 'The event', schema: InboundEventView };

/** A place in the list. Both fields end up in a key of the table. */
const KeptPlace = v.object({
  day: v.pipe(v.string(), v.isoDate()),
  after: v.object({
    id: v.pipe(v.string(), v.minLength(1), v.maxBytes(2048)),
    keptAt: v.pipe(v.number(), v.safeInteger(), v.transform(unixMillis)),
  }),
});

/** Splits the key at its first `#`: a source's name has none. */
const inboundEventView = ({ id, status, eventType, attempts, receivedAt, lastError }: EventRecord) => ({
  id: id.slice(id.indexOf('#') + 1),
  source: id.slice(0, id.indexOf('#')),
  type: eventType,
  status,
  attempts,
  lastError,
  receivedAt: toIsoInstant(receivedAt),
});

function checkSource(source: string, { sources }: InboundEventPorts): void {
  if (!sources.includes(source)) {
    throw new Problem('not-found', `There is no source ${source}; the sources are ${sources.join(', ')}.`);
  }
}

export const listInboundEvents = operation(
  {
    id: 'listInboundEvents',
    method: 'GET',
    path: '/v1/sources/{source}/events',
    tag,
    summary: 'Lists the failed and ignored events of a source and day',
    params: SourceParams,
    query: v.object({
      ...PageQuery,
      day: v.optional(v.pipe(v.string(), v.isoDate())),
      status: v.optional(v.picklist(keptStatuses)),
    }),
    responses: { 200: { description: 'A page, the oldest first', schema: listOf(InboundEventView) } },
  },
  async ({ params: { source }, query: { day: asked, status, limit, cursor } }, ports: InboundEventPorts) => {
    checkSource(source, ports);
    const place = placeIn(KeptPlace, cursor);
    // The cursor keeps the day: midnight may pass between two pages.
    const day = place?.day ?? asked ?? utcDay(ports.now());
    const { records, next } = await keptEvents(
      { source, day, status },
      { limit, after: place?.after },
      ports,
    );
    return {
      status: 200,
      body: { data: records.map(inboundEventView), nextCursor: next && cursorOf({ day, after: next }) },
    };
  },
);

/** The id is a query parameter because providers' ids may contain any character. */
export const getInboundEvent = operation(
  {
    id: 'getInboundEvent',
    method: 'GET',
    path: '/v1/sources/{source}/event',
    tag,
    summary: 'Returns one event of a source',
    params: SourceParams,
    query: v.object({ id: IdQuery }),
    responses: { 200: eventResponse },
  },
  async ({ params: { source }, query: { id } }, ports: InboundEventPorts) => {
    checkSource(source, ports);
    return { status: 200, body: inboundEventView(await recordFor(source, id, ports)) };
  },
);

async function recordFor(source: string, id: string, ports: InboundEventPorts): Promise<EventRecord> {
  const record = await ports.inboundEvents.readRecord(eventKey(source, id));
  if (record === undefined) throw new Problem('not-found', `${source} has no event of this id.`);
  return record;
}

export const replayInboundEvent = operation(
  {
    id: 'replayInboundEvent',
    method: 'POST',
    path: '/v1/sources/{source}/event/replay',
    tag,
    summary: 'Runs the handler for an event that failed or was ignored',
    params: SourceParams,
    body: v.strictObject({ id: IdQuery }),
    responses: { 202: { description: 'The event is on the queue again', schema: InboundEventView } },
  },
  async ({ params: { source }, body: { id } }, ports: InboundEventPorts) => {
    checkSource(source, ports);
    const record = await recordFor(source, id, ports);
    const replay = await replayEvent(record.id, ports.now(), ports);
    if (replay.kind === 'refused') throw new Problem('conflict', `${replay.reason}.`);
    return { status: 202, body: inboundEventView(record) };
  },
);
