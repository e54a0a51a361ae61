import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type CallBounds, clientConfig } from '../call-bounds.ts';

export const dynamoClient = (bounds: CallBounds): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig(bounds)), {
    marshallOptions: { removeUndefinedValues: true },
  });
