import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid }) => ({
  json: {
    value: [
      {
        id: uuid,
        subscriptionId: 's1',
        changeType: 'created',
        resource: 'me/messages/1',
        tenantId: 't1',
      },
    ],
  },
});
