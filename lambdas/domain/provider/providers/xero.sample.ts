import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  json: {
    events: [
      {
        resourceUrl: `https://api.xero.com/api.xro/2.0/Invoices/${uuid}`,
        resourceId: uuid,
        eventDateUtc: iso.replace('Z', ''),
        eventType: 'UPDATE',
        eventCategory: 'INVOICE',
        tenantId: 'c2cc9b6e-9458-4c7d-93cc-f02b81b0594f',
        tenantType: 'ORGANISATION',
      },
    ],
    firstEventSequence: 1,
    lastEventSequence: 1,
    entropy: 'VNTYAAGQDTOZDFVFFDHA',
  },
});
