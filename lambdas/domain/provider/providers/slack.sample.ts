import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, seconds }) => ({
  json: {
    team_id: 'T1',
    api_app_id: 'A1',
    type: 'event_callback',
    event_id: `Ev${hex}`,
    event_time: seconds,
    event: { type: 'app_mention', user: 'U1', text: 'hello' },
  },
});
