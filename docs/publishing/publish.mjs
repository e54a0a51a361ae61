import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';

/**
 * Publishes events to Hookline's publish queue, and returns when all are on it. Each needs an `id` of its own that stays
 * the same: publishing it again has no effect. So after any error, publish the same events again.
 */
export async function publish(queueUrl, events, sqs = new SQSClient()) {
  for (let start = 0; start < events.length; start += 10) {
    let batch = events.slice(start, start + 10);
    for (const pause of [0, 200, 1000, 5000]) {
      await sleep(pause);
      const Entries = batch.map((event, n) => ({ Id: String(n), MessageBody: JSON.stringify(event) }));
      const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      const refused = Failed.find(({ SenderFault }) => SenderFault);
      if (refused) throw new TypeError(`${batch[refused.Id].id}: ${refused.Code}: ${refused.Message}`);
      batch = Failed.map(({ Id }) => batch[Id]);
      if (batch.length === 0) break;
    }
    if (batch.length > 0) throw new Error(`not published: ${batch.map(({ id }) => id)}`);
  }
}
