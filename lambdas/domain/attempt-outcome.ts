import type { Seconds } from './time.ts';

/** What an endpoint's failure to answer came from. */
export type UnreachableCause = 'timeout' | 'dns' | 'network' | 'tls' | 'protocol';

/** What an attempt came to. Nothing that an endpoint does is an exception. */
export type AttemptOutcome =
  | { readonly kind: 'accepted'; readonly status: number; readonly sample?: string }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly retryAfter?: Seconds;
      readonly sample?: string;
    }
  /** 410: the endpoint wants no more events. */
  | { readonly kind: 'gone'; readonly status: number; readonly sample?: string }
  | { readonly kind: 'unreachable'; readonly cause: UnreachableCause; readonly error: string }
  /** Our own check of the destination; a literal address stays what it is, a name may resolve otherwise next time. */
  | { readonly kind: 'blocked'; readonly isLiteral: boolean; readonly error: string };

/** Reads an answer's status line. */
export function outcomeOfAnswer(status: number, retryAfter?: Seconds, sample?: string): AttemptOutcome {
  if (status >= 200 && status < 300) return { kind: 'accepted', status, sample };
  if (status === 410) return { kind: 'gone', status, sample };
  return { kind: 'refused', status, retryAfter, sample };
}

/** A metric's status: few values, for each is billed; the exact status is in the log. */
export function statusLabel(outcome: AttemptOutcome): string {
  if ('status' in outcome) return `${Math.floor(outcome.status / 100)}xx`;
  return outcome.kind === 'unreachable' ? outcome.cause : outcome.kind;
}

/** One line about an outcome, for the record and the log. */
export function describeOutcome(outcome: AttemptOutcome): string {
  switch (outcome.kind) {
    case 'accepted':
    case 'refused':
    case 'gone':
      return `answered ${outcome.status}`;
    case 'unreachable':
      return `${outcome.cause}: ${outcome.error}`;
    case 'blocked':
      return `blocked: ${outcome.error}`;
  }
}
