import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ number, hex }) => ({
  headers: {
    'x-wc-webhook-topic': 'order.created',
    'x-wc-webhook-resource': 'order',
    'x-wc-webhook-event': 'created',
    'x-wc-webhook-delivery-id': hex,
  },
  json: { id: number, status: 'processing', currency: 'EUR', total: '12.00' },
});
