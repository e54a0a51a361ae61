import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  json: { type: 'order.paid', timestamp: iso, data: { id: uuid, paid: true, total_amount: 1200 } },
});
