import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: {
    data: {
      type: 'event',
      id: `evt_${hex}`,
      attributes: {
        name: 'inquiry.approved',
        'created-at': iso,
        payload: { data: { type: 'inquiry', id: `inq_${hex}` } },
      },
    },
  },
});
