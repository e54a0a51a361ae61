import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LocalAws } from '../local/emulator.ts';
import { inParallel } from './in-parallel.ts';
import type { Measured } from './measured.ts';
import { scanAll } from './scan.ts';

const patienceMs = 300_000;

/**
 * Posts signed events to a source, and waits until all of their records are processed.
 *
 * @param run begins the events' ids, so that a second run does not send duplicates
 */
export async function measureInbound(
  run: string,
  count: number,
  aws: LocalAws,
  sinkUrl: string,
): Promise<Measured> {
  const ids = Array.from({ length: count }, (_, index) => `${run}-${index}`);
  const send = await sender(aws);
  const begun = Date.now();
  const refused = (await inParallel(16, ids, send)).filter((fault) => fault !== undefined);

  // What a busy machine refuses, no wait brings.
  const records = await allProcessed(run, count - refused.length, aws);
  const seconds = (Date.now() - begun) / 1000;
  const calls = await inParallel(16, ids, async (id) => {
    const response = await fetch(`${sinkUrl}/calls/${id}`);
    return { id, runs: JSON.parse(await response.text()).length };
  });
  const twice = calls
    .filter(({ runs }) => runs !== 1)
    .map(({ id, runs }) => `${id}: its handler ran ${runs} times`);
  const lost = records.length === count ? [] : [`${count - records.length} events are not processed`];
  const latencies = records.map((record) => Number(record['processedAt']) - Number(record['receivedAt']));
  return { count, seconds, latencies, faults: [...refused, ...lost, ...twice] };
}

async function sender(aws: LocalAws) {
  const source = aws.outputs.inbound.sources['plain'];
  const secrets = new SecretsManagerClient(aws.clientConfig);
  const { SecretString = '' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: source?.secretArn }),
  );
  return async (id: string): Promise<string | undefined> => {
    const body = JSON.stringify({ id, text: 'x'.repeat(1500) });
    const signature = createHmac('sha256', SecretString).update(body).digest('hex');
    const headers = {
      'x-signature': signature,
      'x-id': id,
      'x-type': 'bench.sent',
      'content-type': 'application/json',
    };
    const { status } = await fetch(source?.url ?? '', { method: 'POST', headers, body });
    return status === 200 ? undefined : `${id} got the response ${status}`;
  };
}

async function allProcessed(run: string, count: number, aws: LocalAws) {
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(aws.clientConfig));
  const end = Date.now() + patienceMs;
  for (;;) {
    const items = await scanAll(dynamodb, aws.outputs.tables.inboundEvents);
    const processed = items.filter(
      ({ status, id }) => status === 'processed' && String(id).startsWith(`plain#${run}-`),
    );
    if (processed.length >= count || Date.now() > end) return processed;
    await pause(500);
  }
}
