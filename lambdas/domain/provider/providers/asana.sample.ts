import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ iso, number }) => ({
  json: {
    events: [
      {
        action: 'added',
        created_at: iso,
        resource: { gid: String(number), resource_type: 'task' },
        parent: null,
      },
    ],
  },
});
