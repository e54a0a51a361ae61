import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, seconds }) => ({
  json: {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '1',
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              messages: [
                { from: '491701234567', id: `wamid.${hex}`, timestamp: String(seconds), type: 'text' },
              ],
            },
          },
        ],
      },
    ],
  },
});
