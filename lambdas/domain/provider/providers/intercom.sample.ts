import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, seconds }) => ({
  json: {
    type: 'notification_event',
    id: `notif_${hex}`,
    topic: 'conversation.user.created',
    created_at: seconds,
    data: { item: { type: 'conversation' } },
  },
});
