import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  json: {
    metadata: { uuid, time: iso, name: 'after-user-created', ip_address: '192.0.2.1' },
    user: { id: uuid, email: 'jo@example.com' },
  },
});
