import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  json: { id: uuid, created_at: iso, action: 'update', resource: 'release', data: { status: 'succeeded' } },
});
