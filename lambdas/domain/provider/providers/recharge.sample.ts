import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ number }) => ({
  headers: { 'x-recharge-topic': 'charge/paid' },
  json: { charge: { id: number, customer_id: 1, status: 'success', total_price: '12.00' } },
});
