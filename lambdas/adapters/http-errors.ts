import type { AttemptOutcome, UnreachableCause } from '../domain/attempt-outcome.ts';

/** An attempt's time was up. */
export class TimeUpError extends Error {
  override name = 'TimeUpError' as const;
}

/** A name resolved to an address that must not be connected to. */
export class BlockedAddressError extends Error {
  override name = 'BlockedAddressError' as const;
}

const maxErrorChars = 200;

/** Reads what went wrong on the way to an endpoint. */
export function outcomeOfError(error: unknown): AttemptOutcome {
  const text = textOf(error).slice(0, maxErrorChars);
  if (error instanceof BlockedAddressError) return { kind: 'blocked', isLiteral: false, error: text };
  return { kind: 'unreachable', cause: causeOf(error), error: text };
}

/** Whether the other side closed the connection. */
export const isConnectionLost = (error: unknown): boolean => ['ECONNRESET', 'EPIPE'].includes(codeOf(error));

function causeOf(error: unknown): UnreachableCause {
  const code = codeOf(error);
  if (error instanceof TimeUpError || code === 'ETIMEDOUT') return 'timeout';
  if (/^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/.test(code)) return 'dns';
  if (/^(HPE_|ERR_HTTP|ERR_INVALID|ERR_UNESCAPED)/.test(code)) return 'protocol';
  if (/CERT|^ERR_(TLS|SSL)|^EPROTO$|^UNABLE_TO_|^INVALID_|^HOSTNAME_/.test(code)) return 'tls';
  return 'network';
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Several addresses that all failed have an error without a message. */
const textOf = (error: unknown): string =>
  error instanceof Error ? error.message || codeOf(error) || error.name : 'unknown';
