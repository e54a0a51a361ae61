import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid }) => ({
  headers: { 'idempotency-key': uuid },
  json: {
    webhook_id: uuid,
    events: [{ event_type: 'record.created', id: { workspace_id: 'w1', object_id: 'o1', record_id: uuid } }],
  },
});
