import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: {
    event: {
      id: hex,
      event_type: 'incident.triggered',
      occurred_at: iso,
      data: { id: 'P1', type: 'incident', title: 'The shop is down' },
    },
  },
});
