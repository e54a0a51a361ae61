import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, seconds }) => ({
  form: {
    mandrill_events: JSON.stringify([
      { event: 'send', ts: seconds, _id: hex, msg: { _id: hex, email: 'jo@example.com', state: 'sent' } },
    ]),
  },
});
