import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  headers: { 'box-delivery-id': uuid },
  json: { type: 'webhook_event', id: uuid, created_at: iso, trigger: 'FILE.UPLOADED' },
});
