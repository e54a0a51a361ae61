import { defineHandlers, parsePayloadAs } from 'hookline/handlers';
import * as v from 'valibot';

const Order = v.object({
  id: v.number(),
  currency: v.string(),
  total_price: v.string(),
  line_items: v.array(v.object({ sku: v.nullish(v.string()), quantity: v.number() })),
});

/** Handles Shopify's events: asks the warehouse for each order. */
export const shopify = defineHandlers('shopify', {
  'orders/create': async (event, { log }) => {
    const order = parsePayloadAs(Order, event);
    log.info('fulfilment.requested', {
      // The order's id makes this safe to repeat: the warehouse sends each order once.
      order: order.id,
      shop: event.headers['x-shopify-shop-domain'],
      items: order.line_items.reduce((sum, item) => sum + item.quantity, 0),
      total: order.total_price,
      currency: order.currency,
    });
  },
});
