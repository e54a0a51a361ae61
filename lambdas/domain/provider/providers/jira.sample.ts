import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, at }) => ({
  headers: { 'x-atlassian-webhook-identifier': uuid },
  json: { timestamp: at, webhookEvent: 'jira:issue_updated', issue: { key: 'SHOP-1' } },
});
