import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ number, at }) => ({
  json: [
    {
      eventId: number,
      subscriptionId: 1,
      portalId: 2,
      appId: 3,
      occurredAt: at,
      subscriptionType: 'contact.creation',
      attemptNumber: 0,
      objectId: 4,
    },
  ],
});
