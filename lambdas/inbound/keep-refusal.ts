import { asError } from '../domain/errors.ts';
import type { Source } from '../domain/provider/provider.ts';
import type { RawRequest } from '../domain/raw-request.ts';
import { secretTexts } from '../domain/redacted-request.ts';
import { type RefusedRequest, refusalKey, refusalRecord } from '../domain/refusal-record.ts';
import type { UnixMillis } from '../domain/time.ts';
import type { InboundPorts } from './ports.ts';
import type { ReceiveResult } from './receive-result.ts';
import type { InboundLog } from './telemetry.ts';

/** How long a response waits for the record of its refusal. */
const keepWithinMs = 500;

/**
 * Keeps the first refusal of each source and minute that this container sees, for `hookline explain`: a flood costs one
 * write a minute. A record that cannot be kept is logged; the response to the provider stays the same.
 */
export function refusalKeeper({ putBody, log }: Pick<InboundPorts, 'putBody'> & InboundLog) {
  const lastMinutes = new Map<string, number>();
  return async (refused: RefusedRequest): Promise<void> => {
    const minute = Math.floor(refused.at / 60_000);
    if (lastMinutes.get(refused.source) === minute) return;
    lastMinutes.set(refused.source, minute);
    try {
      const record = JSON.stringify(refusalRecord(refused));
      await putBody(refusalKey(refused.source, refused.at), Buffer.from(record));
    } catch (error) {
      log({}).warn('refusal.keep-failed', { reason: asError(error).message });
    }
  };
}

/** Returns the refusal to keep, if there is one. A 503 is a fault of ours and only logged. */
export function refusalOf(result: ReceiveResult): RefusedRequest['refusal'] | undefined {
  if (result.kind === 'refused') return result.status === 503 ? undefined : result;
  if (result.kind === 'accepted' || result.response.status < 400) return undefined;
  return { status: result.response.status, error: 'refused_challenge', reason: result.response.body };
}

/** One request, and its result. */
interface Received {
  readonly request: RawRequest;
  readonly result: ReceiveResult;
  readonly correlationId: string;
  readonly at: UnixMillis;
}

/** Keeps a request if it was refused. Waits at most half a second for the write. */
export async function keepIfRefused(
  { request, result, correlationId, at }: Received,
  { settings, provider }: Source,
  { keys, pause }: Pick<InboundPorts, 'keys' | 'pause'>,
  keep: ReturnType<typeof refusalKeeper>,
): Promise<void> {
  const refusal = refusalOf(result);
  if (refusal === undefined) return;
  // A whole request is kept only if the keys can be read: a key in it could not be removed otherwise.
  const secrets = settings.keepRefusedRequests ? await knownSecrets(keys, at) : undefined;
  const kept = keep({
    source: settings.name,
    request,
    provider,
    refusal,
    correlationId,
    at,
    whole: secrets !== undefined,
    secrets: secrets ?? [],
  });
  await Promise.race([kept, pause(keepWithinMs)]);
}

/** @returns undefined when they cannot be read now */
async function knownSecrets(keys: InboundPorts['keys'], now: UnixMillis): Promise<string[] | undefined> {
  try {
    const found = await keys.current(now);
    return found.kind === 'keys' ? secretTexts(found.keys) : [];
  } catch {
    return undefined;
  }
}
