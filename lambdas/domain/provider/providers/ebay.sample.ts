import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  json: {
    metadata: { topic: 'MARKETPLACE_ACCOUNT_DELETION', schemaVersion: '1.0', deprecated: false },
    notification: {
      notificationId: uuid,
      eventDate: iso,
      publishDate: iso,
      publishAttemptCount: 1,
      data: { username: 'jo', userId: 'ma8vp1jySJC' },
    },
  },
});
