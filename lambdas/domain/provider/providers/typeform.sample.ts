import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: {
    event_id: hex,
    event_type: 'form_response',
    form_response: { form_id: 'f1', submitted_at: iso, answers: [] },
  },
});
