import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { OperatorNotice } from '../../domain/operator-notice.ts';
import { type CallBounds, clientConfig } from '../call-bounds.ts';

/** The operations topic; its subscribers filter by `type` and `tenant`. */
export function operationsTopic(bounds: CallBounds, topicArn: string) {
  const client = new SNSClient(clientConfig(bounds));
  const text = (value: string) => ({ DataType: 'String', StringValue: value });

  return async ({ type, tenant, body }: OperatorNotice): Promise<void> => {
    const MessageAttributes = { type: text(type), ...(tenant !== '' && { tenant: text(tenant) }) };
    await client.send(new PublishCommand({ TopicArn: topicArn, Message: body, MessageAttributes }));
  };
}
