import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, seconds }) => ({
  json: {
    client_key: 'bwo2m45353a6k85',
    event: 'video.publish.completed',
    create_time: seconds,
    user_openid: `act.${hex}`,
    content: `{"share_id":"${hex}"}`,
  },
});
