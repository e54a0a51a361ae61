import { later, type Seconds, type UnixMillis } from '../../../lambdas/domain/time.ts';
import type { ReceivePorts } from '../../../lambdas/inbound/receive-ports.ts';

/** Once-only tokens of one source in memory. @param rememberFor how long a token is refused with another body */
export function memoryOnceOnly(rememberFor: Seconds): ReceivePorts['useOnce'] {
  const tokens = new Map<string, { readonly fingerprint: string; readonly until: UnixMillis }>();
  return async (token, fingerprint, now) => {
    const known = tokens.get(token);
    if (known !== undefined && known.fingerprint !== fingerprint && known.until >= now) return false;
    tokens.set(token, { fingerprint, until: later(now, rememberFor) });
    return true;
  };
}
