import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: {
    action: { id: hex, type: 'updateCard', date: iso, data: {} },
    model: { id: 'b1' },
    webhook: { id: 'w1' },
  },
});
