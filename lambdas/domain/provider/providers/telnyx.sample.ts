import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  json: {
    data: {
      record_type: 'event',
      event_type: 'message.received',
      id: uuid,
      occurred_at: iso,
      payload: { id: 'm1', text: 'hello', from: { phone_number: '+13125550001' } },
    },
    meta: { attempt: 1, delivered_to: 'https://example.com/webhooks' },
  },
});
