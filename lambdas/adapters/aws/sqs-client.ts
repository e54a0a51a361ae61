import { SQSClient } from '@aws-sdk/client-sqs';
import { type CallBounds, clientConfig } from './call-bounds.ts';

export const sqsClient = (bounds: CallBounds): SQSClient => new SQSClient(clientConfig(bounds));
