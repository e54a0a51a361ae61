import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid }) => ({
  headers: { 'x-gitlab-event': 'Push Hook', 'idempotency-key': uuid },
  json: {
    object_kind: 'push',
    event_name: 'push',
    ref: 'refs/heads/main',
    project: { path_with_namespace: 'acme/shop' },
  },
});
