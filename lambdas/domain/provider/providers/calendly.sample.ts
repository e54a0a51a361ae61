import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ iso, uuid }) => ({
  json: { event: 'invitee.created', created_at: iso, payload: { uri: uuid, email: 'jo@example.com' } },
});
