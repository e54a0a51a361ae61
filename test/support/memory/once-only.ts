import { later, type Seconds, type UnixMillis } from '../../../lambdas/domain/time.ts';
import type { InboundPorts } from '../../../lambdas/inbound/ports.ts';

/** The tokens of one source in memory. */
export function memoryOnceOnly(rememberFor: Seconds): InboundPorts['useOnce'] {
  const tokens = new Map<string, { readonly fingerprint: string; readonly expiresAt: UnixMillis }>();
  return async (token, fingerprint, now) => {
    const seen = tokens.get(token);
    if (seen !== undefined && seen.fingerprint !== fingerprint && seen.expiresAt >= now) return false;
    tokens.set(token, { fingerprint, expiresAt: later(now, rememberFor) });
    return true;
  };
}
