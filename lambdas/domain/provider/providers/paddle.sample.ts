import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: {
    event_id: `evt_${hex}`,
    event_type: 'transaction.completed',
    occurred_at: iso,
    notification_id: `ntf_${hex}`,
    data: { id: `txn_${hex}`, status: 'completed', currency_code: 'EUR' },
  },
});
