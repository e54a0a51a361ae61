import { SQSClient } from '@aws-sdk/client-sqs';
import { type CallBounds, clientConfig } from './call-bounds.ts';

/** It talks to the SQS of its region, whatever host a queue's URL names: the URL may come from data. */
export const sqsClient = (bounds: CallBounds): SQSClient =>
  new SQSClient({ ...clientConfig(bounds), useQueueUrlAsEndpoint: false });
