import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, at }) => ({
  json: {
    _id: hex,
    date: at,
    kind: 'flag',
    name: 'New checkout',
    accesses: [{ action: 'updateOn', resource: 'proj/shop:env/production:flag/new-checkout' }],
  },
});
