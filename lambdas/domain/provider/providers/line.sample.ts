import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, at }) => ({
  json: {
    destination: 'U1',
    events: [
      {
        type: 'message',
        webhookEventId: hex,
        timestamp: at,
        message: { type: 'text', id: '1', text: 'hello' },
        deliveryContext: { isRedelivery: false },
      },
    ],
  },
});
