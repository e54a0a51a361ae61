import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: { id: hex, status: 'succeeded', created_at: iso, output: ['https://example.com/mug.png'] },
});
