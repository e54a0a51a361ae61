import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ iso, number }) => ({
  json: {
    version: 1,
    application_id: '1',
    type: 1,
    event: {
      type: 'APPLICATION_AUTHORIZED',
      timestamp: iso,
      data: { user: { id: String(number) }, scopes: [] },
    },
  },
});
