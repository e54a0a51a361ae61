import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex }) => ({
  headers: { 'x-event-name': 'order_created' },
  json: {
    meta: { event_name: 'order_created', webhook_id: hex },
    data: { type: 'orders', id: '1', attributes: { total: 1200, currency: 'EUR' } },
  },
});
