import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, seconds }) => ({
  json: {
    event_id: hex,
    object_type: 'email',
    metric: 'delivered',
    timestamp: seconds,
    data: { identifiers: { id: '42', email: 'jo@example.com' }, delivery_id: hex },
  },
});
