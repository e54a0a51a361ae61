import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid }) => ({
  json: { data: { event_type: 'profile.update.bio', event_uuid: uuid, payload: { after: 'A mug' } } },
});
