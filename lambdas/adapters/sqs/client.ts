import { hash } from 'node:crypto';
import { awsCaller } from '../aws/client.ts';
import { type Environment, ownEnvironment } from '../aws/environment.ts';
import { MalformedResponseError } from '../aws/errors.ts';
import { services } from '../aws/service.ts';
import type { CallBounds } from '../call-bounds.ts';
import { SendMessageBatchCommand, SendMessageCommand, type SqsClient } from './commands.ts';

/**
 * A client of SQS for functions. It calls SQS in its own region and ignores the host of a queue's URL, because the URL may come
 * from data.
 *
 * @throws AwsConfigurationError
 */
export function sqsClient(bounds: CallBounds, environment: Environment = ownEnvironment): SqsClient {
  const call = awsCaller(services.sqs, bounds, environment);
  return {
    async send(command) {
      const output: object = Object(await call(command.action, JSON.stringify(command.input)));
      if (command instanceof SendMessageCommand) checkSent(output, command.input.MessageBody);
      if (command instanceof SendMessageBatchCommand) checkAllSent(output, command.input.Entries ?? []);
      // The service's answer to a command has the shape that the API states for it.
      return output as never;
    },
  };
}

interface Sent {
  readonly Id?: string;
  readonly MD5OfMessageBody?: string;
}

/** @throws MalformedResponseError when SQS got another text than was sent */
function checkSent({ MD5OfMessageBody }: Sent, body = ''): void {
  if (MD5OfMessageBody !== hash('md5', body))
    throw new MalformedResponseError('SQS got a message that is not the one that was sent, by its checksum');
}

function checkAllSent(
  { Successful = [] }: { readonly Successful?: readonly Sent[] },
  entries: readonly { readonly Id?: string | undefined; readonly MessageBody?: string | undefined }[],
): void {
  const bodies = new Map(entries.map(({ Id, MessageBody }) => [Id, MessageBody]));
  for (const sent of Successful) if (bodies.has(sent.Id)) checkSent(sent, bodies.get(sent.Id));
}
