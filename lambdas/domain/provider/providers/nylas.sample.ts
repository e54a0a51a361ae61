import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, seconds }) => ({
  json: {
    specversion: '1.0',
    type: 'message.created',
    source: '/google/emails/realtime',
    id: uuid,
    time: seconds,
    data: {
      application_id: 'a1',
      object: { grant_id: 'g1', id: 'm1', object: 'message', subject: 'Hello' },
    },
  },
});
