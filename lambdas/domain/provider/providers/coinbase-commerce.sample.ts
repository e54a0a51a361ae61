import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  json: {
    id: 1,
    event: { id: uuid, type: 'charge:confirmed', created_at: iso, data: { code: '66BEOV2A' } },
  },
});
