import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ iso }) => ({
  json: { type: 'invoice.paid', timestamp: iso, data: { amount: 1200 } },
});
