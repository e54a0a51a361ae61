import { DynamoDBClient, ConditionalCheckFailedException as SdkRefusal } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { CallBounds } from '../../lambdas/adapters/call-bounds.ts';
import type { DynamodbClient } from '../../lambdas/adapters/dynamodb/commands.ts';
import { ConditionalCheckFailedException } from '../../lambdas/adapters/dynamodb/errors.ts';
import { clientConfig } from '../../lambdas/adapters/sdk-config.ts';
import type { SqsClient } from '../../lambdas/adapters/sqs/commands.ts';

// The SDK's clients, because a person's credentials come from profiles, single sign-on and more, which the functions' own client
// does not read. The adapters of the functions take the commands of that client, so these here translate them.

/** Calls SQS in its own region and ignores the host of a queue's URL, because the URL may come from data. */
export const sqsClient = (bounds: CallBounds): SQSClient =>
  new SQSClient({ ...clientConfig(bounds), useQueueUrlAsEndpoint: false });

export const secretsClient = (bounds: CallBounds): SecretsManagerClient =>
  new SecretsManagerClient(clientConfig(bounds));

/** A client of DynamoDB for the adapters. */
export function dynamoClient(bounds: CallBounds): DynamodbClient {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig(bounds)), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return {
    async send({ action, input }) {
      try {
        return outputOf(await client.send(sdkCommand(dynamodbCommands, action, input)));
      } catch (error) {
        throw error instanceof SdkRefusal ? refusalOf(error) : error;
      }
    },
  };
}

/** What the adapters of queues take, for a client of the SDK. */
export const adapterClient = (client: SQSClient): SqsClient => ({
  send: async ({ action, input }) => outputOf(await client.send(sdkCommand(sqsCommands, action, input))),
});

/** The output has the shape that the SDK states for the command of the same name. */
const outputOf = <Output>(output: object): Output => output as Output;

type SdkCommands = Readonly<Record<string, new (input: never) => object>>;

const dynamodbCommands: SdkCommands = {
  GetItem: GetCommand,
  PutItem: PutCommand,
  UpdateItem: UpdateCommand,
  DeleteItem: DeleteCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  BatchGetItem: BatchGetCommand,
};
const sqsCommands: SdkCommands = { SendMessage: SendMessageCommand };

function sdkCommand(commands: SdkCommands, action: string, input: object) {
  const Command = commands[action];
  if (Command === undefined)
    throw new TypeError(
      `the command line tool does not call ${action} yet; add it to cli/stack/aws-clients.ts`,
    );
  return Reflect.construct(Command, [input]);
}

function refusalOf({ message, Item, $metadata: { httpStatusCode: status = 400, requestId } }: SdkRefusal) {
  const place = { status, ...(requestId && { requestId }) };
  return new ConditionalCheckFailedException(message, { ...place, ...(Item && { Item }) });
}
