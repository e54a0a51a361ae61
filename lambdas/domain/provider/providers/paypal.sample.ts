import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, iso }) => ({
  json: {
    id: `WH-${hex}`,
    event_version: '1.0',
    create_time: iso,
    resource_type: 'capture',
    event_type: 'PAYMENT.CAPTURE.COMPLETED',
    resource: {
      id: '5O190127TN364715T',
      status: 'COMPLETED',
      amount: { currency_code: 'EUR', value: '12.00' },
    },
  },
});
