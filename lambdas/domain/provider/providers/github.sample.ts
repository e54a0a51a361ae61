import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid }) => ({
  headers: { 'x-github-event': 'push', 'x-github-delivery': uuid },
  json: {
    ref: 'refs/heads/main',
    after: '1f2e3d4c5b6a79880716253443526170f0e1d2c3',
    deleted: false,
    repository: { full_name: 'acme/shop', default_branch: 'main' },
    commits: [],
  },
});
