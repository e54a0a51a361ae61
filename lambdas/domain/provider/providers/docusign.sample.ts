import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  json: {
    event: 'envelope-completed',
    apiVersion: 'v2.1',
    retryCount: 0,
    generatedDateTime: iso,
    data: { accountId: 'a1', envelopeId: uuid },
  },
});
