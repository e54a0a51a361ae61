import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, at }) => ({
  json: { event: { id: uuid, type: 'user.create', createInstant: at, user: { email: 'jo@example.com' } } },
});
