import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  json: {
    id: uuid,
    timestamp: iso,
    workspace_id: 'w1',
    type: 'page.content_updated',
    attempt_number: 1,
    entity: { id: 'p1', type: 'page' },
  },
});
