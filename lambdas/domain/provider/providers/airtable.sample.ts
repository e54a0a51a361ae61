import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: { base: { id: 'app1' }, webhook: { id: `ach${hex}` }, timestamp: iso },
});
