import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: {
    id: hex,
    object_type: 'subscription',
    event_type: 'created',
    event_time: iso,
    site_id: 'qe9tqfuaqn9a',
    account_code: 'jo',
    uuid: hex,
  },
});
