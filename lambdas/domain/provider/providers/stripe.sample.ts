import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, seconds }) => ({
  json: {
    id: `evt_${hex}`,
    object: 'event',
    api_version: '2026-06-30',
    created: seconds,
    livemode: false,
    type: 'payment_intent.succeeded',
    data: {
      object: {
        id: `pi_${hex}`,
        object: 'payment_intent',
        amount: 1200,
        amount_received: 1200,
        currency: 'eur',
        customer: 'cus_1',
        status: 'succeeded',
      },
    },
  },
});
