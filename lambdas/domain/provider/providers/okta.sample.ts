import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  json: {
    eventType: 'com.okta.event_hook',
    eventTime: iso,
    data: { events: [{ uuid, eventType: 'user.lifecycle.create', published: iso }] },
  },
});
