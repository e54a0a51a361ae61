import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, at }) => ({
  headers: { 'linear-delivery': uuid, 'linear-event': 'Issue' },
  json: {
    action: 'create',
    type: 'Issue',
    data: { id: uuid, title: 'A mug is broken' },
    webhookTimestamp: at,
    webhookId: uuid,
  },
});
