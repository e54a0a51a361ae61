import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: { triggerType: 'form_submission', payload: { id: hex, submittedAt: iso } },
});
