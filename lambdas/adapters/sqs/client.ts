import { SQSClient } from '@aws-sdk/client-sqs';
import { type CallBounds, clientConfig } from '../call-bounds.ts';

/** It talks to the SQS of its region and ignores the host of a queue's URL: the URL may come from data. */
export const sqsClient = (bounds: CallBounds): SQSClient =>
  new SQSClient({ ...clientConfig(bounds), useQueueUrlAsEndpoint: false });
