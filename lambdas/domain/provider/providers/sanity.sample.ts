import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, hex }) => ({
  headers: {
    'idempotency-key': uuid,
    'sanity-operation': 'update',
    'sanity-document-id': hex,
    'sanity-dataset': 'production',
  },
  json: { _id: hex, _type: 'product', _rev: uuid, title: 'A mug' },
});
