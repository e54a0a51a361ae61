import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ number, seconds }) => ({
  json: {
    object_type: 'activity',
    object_id: number,
    aspect_type: 'create',
    event_time: seconds,
    owner_id: 134_815,
    subscription_id: 0,
    updates: {},
  },
});
