import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  json: {
    type: 'video.asset.ready',
    id: uuid,
    created_at: iso,
    environment: { name: 'Development', id: 'e1' },
    data: { status: 'ready' },
  },
});
