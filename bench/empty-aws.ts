import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type AwsAnswer, type AwsCall, startAws } from '../test/support/worlds/aws-server.ts';
import { secret } from './first-events.ts';

/** Starts an AWS without items that answers at once: each write succeeds, and each secret is the same. */
export const startEmptyAws = () => startAws(answerTo);

function answerTo({ action, input }: AwsCall): AwsAnswer {
  if (action === 'GetSecretValue') return { body: { SecretString: secret, CreatedDate: 0 } };
  if (action === 'SendMessage') return { body: sent(v.parse(Message, input)) };
  if (action !== 'SendMessageBatch') return { body: {} };
  const { Entries } = v.parse(v.object({ Entries: v.array(Message) }), input);
  return { body: { Failed: [], Successful: Entries.map(sent) } };
}

const Message = v.object({ Id: v.optional(v.string()), MessageBody: v.string() });

/** The client compares the hash of what it sent. */
const sent = ({ Id, MessageBody }: v.InferOutput<typeof Message>) => ({
  Id,
  MessageId: 'm',
  MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
});
