import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = () => ({
  json: {
    webhook_type: 'TRANSACTIONS',
    webhook_code: 'SYNC_UPDATES_AVAILABLE',
    item_id: 'item-1',
    initial_update_complete: true,
    environment: 'sandbox',
  },
});
