import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, number, iso }) => ({
  json: { RecordType: 'Bounce', MessageID: uuid, ID: number, Type: 'HardBounce', BouncedAt: iso },
});
