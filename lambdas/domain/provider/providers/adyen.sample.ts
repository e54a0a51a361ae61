import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: {
    live: 'false',
    notificationItems: [
      {
        NotificationRequestItem: {
          pspReference: hex.slice(0, 16).toUpperCase(),
          merchantAccountCode: 'AcmeECOM',
          merchantReference: 'order-42',
          amount: { value: 1200, currency: 'EUR' },
          eventCode: 'AUTHORISATION',
          success: 'true',
          eventDate: iso,
          paymentMethod: 'visa',
        },
      },
    ],
  },
});
