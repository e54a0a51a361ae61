import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { s3Client } from '../../lambdas/adapters/s3/client.ts';
import { payloadStore } from '../../lambdas/adapters/s3/payload-store.ts';
import { bytesOf, ReceivedMessage } from '../../lambdas/domain/event.ts';
import { MalformedMessageError, parseMessage } from '../../lambdas/domain/messages.ts';
import { plainText } from '../../local/plain-text.ts';
import type { Draft } from '../../testing/signing/draft.ts';
import type { Deployment } from '../stack/deployment.ts';
import { fetchWithReason } from '../stack/fetch-with-reason.ts';
import { failureLine } from '../terminal/errors.ts';
import { cell } from '../terminal/table.ts';
import type { SignAgain } from './signed-again.ts';

/** The options of a listener. */
export interface ForwardOptions {
  readonly to?: string;
  readonly json?: boolean;
  /** An event type, or `prefix.*`. */
  readonly type?: string;
  /** Signs what is posted. */
  readonly signAgain?: SignAgain;
}

const responseMs = 10_000;

/**
 * Prints one event of a tap, and posts it to the chosen URL. An error is printed and does not end the command.
 *
 * @returns false when it is not an event, or of another type
 */
export async function forward(
  text: string,
  options: ForwardOptions,
  deployment: Deployment,
): Promise<boolean> {
  const event = eventIn(text);
  if (event === undefined || !isWanted(event, options)) return false;
  const outcome = options.to === undefined ? undefined : await postTo(options.to, event, options, deployment);
  const { id, type, source } = event;
  const at = new Date().toISOString();
  const parts = [at.slice(11, 19), cell(type, 40), cell(id, 80), outcome && cell(outcome)];
  console.log(
    options.json
      ? plainText(JSON.stringify({ at, source, id, type, outcome }))
      : parts.filter(Boolean).join('  '),
  );
  return true;
}

const isWanted = ({ type }: ReceivedMessage, { type: wanted }: ForwardOptions): boolean =>
  wanted === undefined || (wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted);

function eventIn(text: string): ReceivedMessage | undefined {
  try {
    return parseMessage(ReceivedMessage, 'received event', text);
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    console.error(`Skipped: ${cell(error.message)}`);
    return undefined;
  }
}

async function postTo(
  to: string,
  event: ReceivedMessage,
  { signAgain }: ForwardOptions,
  deployment: Deployment,
): Promise<string> {
  try {
    const { get } = payloadStore(s3Client(patientCalls), deployment.payloadBucket);
    const body = await bytesOf(event, get);
    if (body === undefined) return 'its body has expired';
    const plain = { method: 'POST', url: to, headers: event.headers, body };
    return await post(event, signAgain?.(event, to, body) ?? plain);
  } catch (error) {
    return `failed: ${failureLine(error)}`;
  }
}

async function post(event: ReceivedMessage, { url, headers, body }: Draft): Promise<string> {
  const startedAt = performance.now();
  const { status } = await fetchWithReason(url, {
    method: 'POST',
    headers: {
      ...headers,
      'X-Hookline-Source': event.source,
      'X-Hookline-Event-Id': encodeURIComponent(event.id),
      'X-Hookline-Event-Type': encodeURIComponent(event.type),
    },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(responseMs),
  });
  return `${status} after ${Math.round(performance.now() - startedAt)} ms`;
}
