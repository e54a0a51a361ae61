import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, seconds }) => ({
  json: [{ email: 'jo@example.com', event: 'delivered', sg_event_id: hex, timestamp: seconds }],
});
