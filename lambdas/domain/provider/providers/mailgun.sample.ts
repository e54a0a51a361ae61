import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, seconds }) => ({
  json: { 'event-data': { id: hex, event: 'delivered', timestamp: seconds, recipient: 'jo@example.com' } },
});
