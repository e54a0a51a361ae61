import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, number }) => ({
  headers: {
    'x-shopify-topic': 'orders/create',
    'x-shopify-webhook-id': uuid,
    'x-shopify-shop-domain': 'acme.myshopify.com',
    'x-shopify-api-version': '2026-10',
  },
  json: {
    id: number,
    currency: 'EUR',
    total_price: '12.00',
    email: 'jo@example.com',
    line_items: [{ sku: 'mug', quantity: 2 }],
  },
});
