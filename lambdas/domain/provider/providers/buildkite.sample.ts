import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, number }) => ({
  headers: { 'x-buildkite-event': 'build.finished', 'x-buildkite-request': uuid },
  json: {
    event: 'build.finished',
    build: { id: uuid, number, state: 'passed', branch: 'main' },
    pipeline: { slug: 'shop' },
    sender: { name: 'Jo' },
  },
});
