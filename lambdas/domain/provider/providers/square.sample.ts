import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  json: {
    merchant_id: 'M1',
    type: 'payment.updated',
    event_id: uuid,
    created_at: iso,
    data: { type: 'payment', id: 'P1', object: { payment: { id: 'P1', status: 'COMPLETED' } } },
  },
});
