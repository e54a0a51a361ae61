import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, seconds }) => ({
  headers: { 'x-razorpay-event-id': hex },
  json: {
    entity: 'event',
    event: 'payment.captured',
    contains: ['payment'],
    payload: { payment: { entity: { id: 'pay_1', amount: 1200, currency: 'INR' } } },
    created_at: seconds,
  },
});
