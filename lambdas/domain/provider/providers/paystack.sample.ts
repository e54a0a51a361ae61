import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ number, iso }) => ({
  json: {
    event: 'charge.success',
    data: {
      id: number,
      status: 'success',
      reference: `r${number}`,
      amount: 1200,
      currency: 'NGN',
      paid_at: iso,
    },
  },
});
