import { SQSClient } from '@aws-sdk/client-sqs';
import { type CallBounds, clientConfig } from '../call-bounds.ts';

/** Calls SQS in its own region and ignores the host of a queue's URL, because the URL may come from data. */
export const sqsClient = (bounds: CallBounds): SQSClient =>
  new SQSClient({ ...clientConfig(bounds), useQueueUrlAsEndpoint: false });
