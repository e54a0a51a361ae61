import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  headers: { 'x-zendesk-webhook-id': 'w1', 'x-zendesk-webhook-invocation-id': uuid },
  json: { id: uuid, type: 'zen:event-type:ticket.created', time: iso, detail: { subject: 'Help' } },
});
