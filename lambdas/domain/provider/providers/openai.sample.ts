import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, seconds }) => ({
  json: {
    object: 'event',
    id: `evt_${hex}`,
    type: 'response.completed',
    created_at: seconds,
    data: { id: 'resp_1' },
  },
});
