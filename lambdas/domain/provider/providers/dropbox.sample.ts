import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = () => ({
  json: { list_folder: { accounts: ['dbid:1'] }, delta: { users: [1] } },
});
