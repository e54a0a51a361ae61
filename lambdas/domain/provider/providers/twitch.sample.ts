import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ iso }) => ({
  headers: {
    'twitch-eventsub-message-type': 'notification',
    'twitch-eventsub-subscription-type': 'stream.online',
    'twitch-eventsub-subscription-version': '1',
  },
  json: {
    subscription: { id: 's1', status: 'enabled', type: 'stream.online', version: '1' },
    event: { broadcaster_user_id: '1', type: 'live', started_at: iso },
  },
});
