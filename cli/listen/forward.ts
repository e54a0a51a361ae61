import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { s3Client } from '../../lambdas/adapters/s3/client.ts';
import { payloadStore } from '../../lambdas/adapters/s3/payload-store.ts';
import { bytesOf, ReceivedMessage } from '../../lambdas/domain/event.ts';
import { MalformedMessageError, parseMessage } from '../../lambdas/domain/messages.ts';
import { plainText } from '../../local/plain-text.ts';
import type { Deployment } from '../stack/deployment.ts';
import { fetchWithReason } from '../stack/fetch-with-reason.ts';
import { failureLine } from '../terminal/errors.ts';
import { cell } from '../terminal/table.ts';

/** The options of a listener. */
export interface ForwardOptions {
  readonly to?: string;
  readonly json?: boolean;
}

const responseMs = 10_000;

/** Prints one event of a tap, and posts it to the chosen URL. An error is printed and does not end the command. */
export async function forward(
  text: string,
  { to, json }: ForwardOptions,
  deployment: Deployment,
): Promise<void> {
  const event = eventIn(text);
  if (event === undefined) return;
  const outcome = to === undefined ? undefined : await postTo(to, event, deployment);
  const { id, type, source } = event;
  const at = new Date().toISOString();
  const parts = [at.slice(11, 19), cell(type, 40), cell(id, 80), outcome && cell(outcome)];
  console.log(
    json ? plainText(JSON.stringify({ at, source, id, type, outcome })) : parts.filter(Boolean).join('  '),
  );
}

function eventIn(text: string): ReceivedMessage | undefined {
  try {
    return parseMessage(ReceivedMessage, 'received event', text);
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    console.error(`Skipped: ${cell(error.message)}`);
    return undefined;
  }
}

async function postTo(to: string, event: ReceivedMessage, deployment: Deployment): Promise<string> {
  try {
    const { get } = payloadStore(s3Client(patientCalls), deployment.payloadBucket);
    const body = await bytesOf(event, get);
    return body ? await post(to, event, new Uint8Array(body)) : 'its body has expired';
  } catch (error) {
    return `failed: ${failureLine(error)}`;
  }
}

async function post(to: string, event: ReceivedMessage, body: Uint8Array<ArrayBuffer>): Promise<string> {
  const startedAt = performance.now();
  const { status } = await fetchWithReason(to, {
    method: 'POST',
    headers: {
      ...event.headers,
      'X-Hookline-Source': event.source,
      'X-Hookline-Event-Id': encodeURIComponent(event.id),
      'X-Hookline-Event-Type': encodeURIComponent(event.type),
    },
    body,
    signal: AbortSignal.timeout(responseMs),
  });
  return `${status} after ${Math.round(performance.now() - startedAt)} ms`;
}
