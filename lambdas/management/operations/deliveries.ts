import * as v from 'valibot';
import { type Delivery, deliveryStatuses } from '../../domain/delivery-record.ts';
import { asDeliveryId, type DeliveryId } from '../../domain/ids.ts';
import { outboundEventKey } from '../../domain/outbound-event.ts';
import { AlteredBodyError } from '../../domain/stored-body.ts';
import { parseInstant, type UnixMillis } from '../../domain/time.ts';
import type { OutboundPorts } from '../../outbound/ports.ts';
import { type ReplayPorts, replayDelivery } from '../../outbound/replay.ts';
import { cursorOf, PageQuery, placeIn } from '../cursor.ts';
import { type ListPorts, listDeliveries } from '../list-deliveries.ts';
import { listedSpan } from '../listed-span.ts';
import { operation } from '../operation.ts';
import type { ManagementPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { DeliveryDetail, DeliveryView, EndpointParams, listOf, RetriedView } from '../schemas.ts';
import { deliveryDetail, deliveryView } from '../views.ts';

export type DeliveryPorts = ListPorts &
  ReplayPorts &
  Pick<OutboundPorts, 'now' | 'readPayload'> &
  Pick<ManagementPorts, 'retention'>;

const tag = 'Deliveries';
const DeliveryParams = v.object({
  deliveryId: v.pipe(v.string(), v.regex(/^[a-z2-7]{52}$/, '52 of a-z 2-7'), v.transform(asDeliveryId)),
});

/** An instant with its zone, as a query parameter. */
export const InstantQuery = v.pipe(
  v.string(),
  v.rawTransform<string, UnixMillis>(({ dataset, addIssue, NEVER }) => {
    const at = parseInstant(dataset.value);
    if (at !== undefined) return at;
    addIssue({ message: 'an ISO 8601 instant with its zone from 1970 to 9999, e.g. 2026-12-01T00:00:00Z' });
    return NEVER;
  }),
);

/** A place in the list, as `listedAt` and `beforeInstant` write it. */
const ListPlace = v.object({ before: v.pipe(v.string(), v.regex(/^\d{15}#([a-z2-7]{52}|~)$/)) });

export const listEndpointDeliveries = operation(
  {
    id: 'listDeliveries',
    method: 'GET',
    tag,
    params: EndpointParams,
    path: '/v1/tenants/{tenant}/endpoints/{endpointId}/deliveries',
    summary:
      'Lists the deliveries of an endpoint, the newest first; a short page may still have a nextCursor',
    query: v.object({
      ...PageQuery,
      status: v.optional(v.picklist(deliveryStatuses)),
      since: v.optional(InstantQuery),
      until: v.optional(InstantQuery),
    }),
    responses: { 200: { description: 'A page', schema: listOf(DeliveryView) } },
  },
  async ({ params, query }, ports: DeliveryPorts) => {
    const { since, until, status, limit, cursor } = query;
    const asked = { since, until, ...placeIn(ListPlace, cursor) };
    const span = listedSpan(asked, ports.now(), ports.retention);
    const page = await listDeliveries({ endpoint: params, status, limit, ...span }, ports);
    const nextCursor = page.next === undefined ? undefined : cursorOf({ before: page.next });
    return { status: 200, body: { data: page.deliveries.map(deliveryView), nextCursor } };
  },
);

export const getDelivery = operation(
  {
    id: 'getDelivery',
    method: 'GET',
    path: '/v1/deliveries/{deliveryId}',
    tag,
    params: DeliveryParams,
    summary: 'Returns one delivery with its attempts and its body',
    responses: { 200: { description: 'The delivery', schema: DeliveryDetail } },
  },
  async ({ params: { deliveryId } }, ports: DeliveryPorts) => {
    const delivery = await deliveryFor(deliveryId, ports);
    return { status: 200, body: deliveryDetail(delivery, await bodyFor(delivery, ports)) };
  },
);

/** @throws Problem when the stored body is not the published one: such a body is neither shown nor sent */
async function bodyFor(
  { id, tenant, eventId }: Delivery,
  { readPayload }: DeliveryPorts,
): Promise<string | undefined> {
  try {
    return await readPayload(outboundEventKey(tenant, eventId));
  } catch (error) {
    if (!(error instanceof AlteredBodyError)) throw error;
    const detail = `Delivery ${id} cannot be shown or sent: ${error.message}. Publish the event again under another id.`;
    throw new Problem('conflict', detail);
  }
}

async function deliveryFor(id: DeliveryId, { deliveries }: DeliveryPorts): Promise<Delivery> {
  const delivery = await deliveries.read(id);
  if (delivery === undefined) throw new Problem('not-found', `Delivery ${id} does not exist.`);
  return delivery;
}

const Retry = v.strictObject({
  /** Sends to the endpoint that has the id now, if the delivery's own endpoint was deleted. */
  toCurrentEndpoint: v.optional(v.boolean(), false),
});

export const retryDelivery = operation(
  {
    id: 'retryDelivery',
    method: 'POST',
    path: '/v1/deliveries/{deliveryId}/retry',
    tag,
    summary:
      'Sends a delivery now: an ended one is replayed with a fresh retry schedule, a waiting one goes early',
    params: DeliveryParams,
    body: Retry,
    isBodyOptional: true,
    responses: { 202: { description: 'The delivery is pending and is sent now', schema: RetriedView } },
  },
  async ({ params: { deliveryId }, body }, ports: DeliveryPorts) => {
    await deliveryFor(deliveryId, ports);
    const replay = await replayDelivery(deliveryId, ports.now(), ports, body);
    if (replay.kind === 'refused') throw new Problem('conflict', `${replay.reason}.`);
    return { status: 202, body: { ...deliveryView(replay.delivery), willBeHeld: replay.isHeld } };
  },
);
