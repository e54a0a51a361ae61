import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, seconds }) => ({
  headers: {
    'sentry-hook-resource': 'issue',
    'sentry-hook-timestamp': String(seconds),
    'request-id': uuid,
  },
  json: { action: 'created', data: { issue: { id: uuid, title: 'TypeError' } } },
});
