import type { Seconds } from './time.ts';

/** Why an endpoint did not respond. */
export type UnreachableCause = 'timeout' | 'dns' | 'network' | 'tls' | 'protocol';

/** The phases of a request: DNS lookup, TCP connect, TLS handshake, waiting for the response's head. */
export const attemptPhases = ['dns', 'connect', 'tls', 'head'] as const;
export type AttemptPhase = (typeof attemptPhases)[number];

/** The outcome of an attempt. Nothing that an endpoint does is an exception. */
export type AttemptOutcome =
  | { readonly kind: 'accepted'; readonly status: number; readonly sample?: string }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly retryAfter?: Seconds;
      readonly sample?: string;
      /** The target of a redirect: scheme, host and path. */
      readonly location?: string;
    }
  /** 410: the endpoint wants no more events. */
  | { readonly kind: 'gone'; readonly status: number; readonly sample?: string }
  | {
      readonly kind: 'unreachable';
      readonly cause: UnreachableCause;
      /** The phase in which it failed, if known. */
      readonly phase?: AttemptPhase;
      readonly error: string;
    }
  /**
   * The destination rules refused the request. A literal address stays refused; a name may resolve to another one
   * later.
   */
  | { readonly kind: 'blocked'; readonly isLiteral: boolean; readonly error: string };

/** Makes the outcome of a response. @param location the target of a redirect */
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

/** The `status` dimension of metrics: few values, because each is billed. The log has the exact status. */
export function statusLabel(outcome: AttemptOutcome): string {
  if ('status' in outcome) return `${Math.floor(outcome.status / 100)}xx`;
  return outcome.kind === 'unreachable' ? outcome.cause : outcome.kind;
}

/** Describes an outcome in one line, for the record. */
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

/** Describes an outcome in one line for the log, without a URL, which may contain a secret. */
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
/** The longest target that is kept. */
const maxLocationChars = 512;

/**
 * Returns the target of a redirect for a person to read.
 *
 * Omits user, password, query and fragment, which may contain a secret.
 *
 * @param location the header as received, possibly relative
 * @param base the URL that was requested
 * @returns undefined when the response is not a redirect to an http or https URL
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
