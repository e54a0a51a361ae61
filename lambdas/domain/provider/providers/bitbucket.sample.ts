import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid }) => ({
  headers: { 'x-event-key': 'repo:push', 'x-request-uuid': uuid, 'x-attempt-number': '1' },
  json: { repository: { full_name: 'acme/shop' }, push: { changes: [] } },
});
