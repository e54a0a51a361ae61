import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { CallBounds } from '../call-bounds.ts';
import { clientConfig } from '../sdk-config.ts';

/** Makes a function that publishes one message to a topic. */
export function snsPublish(bounds: CallBounds) {
  const client = new SNSClient(clientConfig(bounds));
  return (input: PublishCommandInput): Promise<unknown> => client.send(new PublishCommand(input));
}
