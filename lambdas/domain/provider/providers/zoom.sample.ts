import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ at, hex }) => ({
  json: {
    event: 'meeting.started',
    event_ts: at,
    payload: { account_id: 'acc', object: { uuid: hex, topic: 'Standup' } },
  },
});
