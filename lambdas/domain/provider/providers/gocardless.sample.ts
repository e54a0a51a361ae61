import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: {
    events: [
      {
        id: `EV${hex}`,
        created_at: iso,
        resource_type: 'payments',
        action: 'confirmed',
        links: { payment: 'PM1' },
      },
    ],
  },
});
