import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, seconds }) => ({
  json: {
    id: `ev_${hex}`,
    occurred_at: seconds,
    source: 'admin_console',
    event_type: 'subscription_created',
    api_version: 'v2',
    content: { subscription: { id: 'sub_1', status: 'active' } },
  },
});
