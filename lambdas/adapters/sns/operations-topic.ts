import type { SNSClient } from '@aws-sdk/client-sns';
import type { OperatorNotice } from '../../domain/operator-notice.ts';
import type { CallBounds } from '../call-bounds.ts';

/**
 * The operations topic; its subscribers filter by `type` and `tenant`.
 *
 * Loads the client at the first notice, because notices are rare and a cold start waits for every client's code.
 */
export function operationsTopic(bounds: CallBounds, topicArn: string) {
  let client: SNSClient | undefined;
  const text = (value: string) => ({ DataType: 'String', StringValue: value });

  return async ({ type, tenant, body }: OperatorNotice): Promise<void> => {
    const [{ PublishCommand, SNSClient }, { clientConfig }] = await Promise.all([
      import('@aws-sdk/client-sns'),
      import('../sdk-config.ts'),
    ]);
    client ??= new SNSClient(clientConfig(bounds));
    const MessageAttributes = { type: text(type), ...(tenant !== '' && { tenant: text(tenant) }) };
    await client.send(new PublishCommand({ TopicArn: topicArn, Message: body, MessageAttributes }));
  };
}
