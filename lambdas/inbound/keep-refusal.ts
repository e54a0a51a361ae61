import { type RefusedRequest, refusalKey, refusalRecord } from '../domain/refusal-record.ts';
import type { ReceiveResult } from './reception.ts';

/** Where records go. */
export interface RefusalPorts {
  putRecord(key: string, bytes: Uint8Array): Promise<void>;
  /** Told when a record could not be kept: that must not change the answer. */
  onFailure(error: unknown): void;
}

/**
 * Keeps the first refusal of each source and minute that this container sees, for `hookline explain`: a flood costs one
 * write a minute.
 */
export function refusalKeeper(ports: RefusalPorts) {
  const lastMinutes = new Map<string, number>();
  return async (refused: RefusedRequest): Promise<void> => {
    const minute = Math.floor(refused.at / 60_000);
    if (lastMinutes.get(refused.source) === minute) return;
    lastMinutes.set(refused.source, minute);
    try {
      const record = JSON.stringify(refusalRecord(refused));
      await ports.putRecord(refusalKey(refused.source, refused.at), Buffer.from(record));
    } catch (error) {
      ports.onFailure(error);
    }
  };
}

/** What of a result is worth keeping; where we are to blame, the log has it. */
export function refusalIn(result: ReceiveResult): RefusedRequest['refusal'] | undefined {
  if (result.kind === 'refused') return result.status === 503 ? undefined : result;
  if (result.kind === 'accepted' || result.answer.status < 400) return undefined;
  return { status: result.answer.status, error: 'refused_challenge', reason: result.answer.body };
}
