import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid, iso }) => ({
  json: {
    Type: 'Notification',
    MessageId: uuid,
    TopicArn: 'arn:aws:sns:eu-central-1:111122223333:orders',
    Message: '{"order":42}',
    Timestamp: iso,
    SignatureVersion: '2',
  },
  contentType: 'text/plain; charset=UTF-8',
});
