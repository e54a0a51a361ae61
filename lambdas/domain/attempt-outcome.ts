import type { Seconds } from './time.ts';

/** What an endpoint's failure to answer came from. */
export type UnreachableCause = 'timeout' | 'dns' | 'network' | 'tls' | 'protocol';

/** How far a request came: its name is looked up, TCP connects, TLS shakes hands, the answer's head is awaited. */
export const attemptPhases = ['dns', 'connect', 'tls', 'head'] as const;
export type AttemptPhase = (typeof attemptPhases)[number];

/** What an attempt came to. Nothing that an endpoint does is an exception. */
export type AttemptOutcome =
  | { readonly kind: 'accepted'; readonly status: number; readonly sample?: string }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly retryAfter?: Seconds;
      readonly sample?: string;
      /** Where a redirect leads: scheme, host and path. */
      readonly location?: string;
    }
  /** 410: the endpoint wants no more events. */
  | { readonly kind: 'gone'; readonly status: number; readonly sample?: string }
  | {
      readonly kind: 'unreachable';
      readonly cause: UnreachableCause;
      /** Where it failed, if that is known. */
      readonly phase?: AttemptPhase;
      readonly error: string;
    }
  /** Our own check of the destination; a literal address stays what it is, a name may resolve otherwise next time. */
  | { readonly kind: 'blocked'; readonly isLiteral: boolean; readonly error: string };

/** Reads an answer's status line. @param location of a redirect */
export function outcomeOfResponse(
  status: number,
  retryAfter?: Seconds,
  sample?: string,
  location?: string,
): AttemptOutcome {
  if (status >= 200 && status < 300) return { kind: 'accepted', status, sample };
  if (status === 410) return { kind: 'gone', status, sample };
  return { kind: 'refused', status, retryAfter, sample, location };
}

/** A metric's status: few values, for each is billed; the exact status is in the log. */
export function statusLabel(outcome: AttemptOutcome): string {
  if ('status' in outcome) return `${Math.floor(outcome.status / 100)}xx`;
  return outcome.kind === 'unreachable' ? outcome.cause : outcome.kind;
}

/** One line about an outcome, for the record. */
export function describeOutcome(outcome: AttemptOutcome): string {
  switch (outcome.kind) {
    case 'accepted':
    case 'gone':
      return `answered ${outcome.status}`;
    case 'refused':
      return `answered ${outcome.status}${redirectHint(outcome.location)}`;
    case 'unreachable':
      return `${outcome.phase ?? outcome.cause}: ${outcome.error}`;
    case 'blocked':
      return `blocked: ${outcome.error}`;
  }
}

/** One line about an outcome, for the log: no URL, for it may hold a secret. */
export const briefOutcome = (outcome: AttemptOutcome): string =>
  'status' in outcome ? `answered ${outcome.status}` : describeOutcome(outcome);

function redirectHint(location: string | undefined): string {
  if (location === undefined) return '';
  const hint = location.startsWith('https:')
    ? "set the endpoint's URL to that"
    : 'redirects are not followed';
  return `, redirects to ${location}: ${hint}`;
}

const redirects = new Set([301, 302, 303, 307, 308]);
/** As long as an endpoint's own URL may be in a table of a terminal. */
const maxLocationChars = 512;

/**
 * Reads where a redirect leads, for a person to read.
 *
 * What may hold a secret is left out: user, password, query and fragment.
 *
 * @param location the header as received; it may be relative
 * @param base the URL that was requested
 * @returns undefined when the answer is not a redirect, or leads to no web address
 */
export function redirectTarget(
  status: number,
  location: string | undefined,
  base: string,
): string | undefined {
  if (!redirects.has(status) || location === undefined || location === '') return undefined;
  const url = URL.parse(location, base);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return undefined;
  return `${url.protocol}//${url.host}${url.pathname}`.slice(0, maxLocationChars);
}
