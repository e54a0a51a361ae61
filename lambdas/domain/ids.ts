import * as v from 'valibot';

declare const kind: unique symbol;
type IdOf<Kind extends string> = string & { readonly [kind]: Kind };

/** The id of a delivery, as `deliveryId` makes it. An id of anything else is not one. */
export type DeliveryId = IdOf<'delivery'>;

/** Only for a text that was parsed as an id of a delivery, and for `deliveryId`. */
export const asDeliveryId = (text: string): DeliveryId => text as DeliveryId;

/** An id of a delivery in what we have written. */
export const DeliveryIdText = v.pipe(v.string(), v.transform(asDeliveryId));
