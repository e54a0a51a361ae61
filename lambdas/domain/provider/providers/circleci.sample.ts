import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  headers: { 'circleci-event-type': 'workflow-completed' },
  json: { id: uuid, type: 'workflow-completed', happened_at: iso, workflow: { status: 'success' } },
});
