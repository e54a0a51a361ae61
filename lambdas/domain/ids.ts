import * as v from 'valibot';

/** The longest partition key and sort key of DynamoDB: a longer id is never found, and reading it is an error. */
const maxKeyBytes = 2048;
const maxSortKeyBytes = 1024;

type IdOf<Kind extends string> = string & { readonly __kind: Kind };

/** The id of a delivery, as `deliveryId` makes it. An id of anything else is not one. */
export type DeliveryId = IdOf<'delivery'>;

/** Only for a text that was parsed as an id of a delivery, and for `deliveryId`. */
export const asDeliveryId = (text: string): DeliveryId => text as DeliveryId;

/** An id of a delivery in what we have written. */
export const DeliveryIdText = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxBytes(maxKeyBytes),
  v.transform(asDeliveryId),
);

/** The name of a tenant: all its endpoints and events belong to it. Empty for URLs that are not registered. */
export type TenantId = IdOf<'tenant'>;

/** Only for a text that was parsed as the name of a tenant. */
export const asTenantId = (text: string): TenantId => text as TenantId;

/** The name of a tenant in what we have written. */
export const TenantIdText = v.pipe(v.string(), v.maxBytes(maxSortKeyBytes), v.transform(asTenantId));

/** The id of an endpoint, unique within its tenant; for a URL that is not registered, the name that the publisher chose. */
export type EndpointId = IdOf<'endpoint'>;

/** Only for a text that was parsed as the id of an endpoint, and for a new id. */
export const asEndpointId = (text: string): EndpointId => text as EndpointId;

/** The id of an endpoint in what we have written. */
export const EndpointIdText = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxBytes(maxSortKeyBytes),
  v.transform(asEndpointId),
);

/** The id of a published event, unique within its tenant. An event that was received has a key of another kind. */
export type EventId = IdOf<'event'>;

/** Only for a text that was parsed as the id of an event, for a new id, and for the id of a message without one. */
export const asEventId = (text: string): EventId => text as EventId;

/** The id of a published event in what we have written. */
export const EventIdText = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxBytes(maxSortKeyBytes),
  v.transform(asEventId),
);
