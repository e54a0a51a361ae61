import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: { triggerEvent: 'BOOKING_CREATED', createdAt: iso, payload: { uid: hex, title: '30min' } },
});
