import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: { id: `event_${hex}`, event: 'dsync.user.created', data: { id: 'user_1' }, created_at: iso },
});
