import type * as v from 'valibot';
import type { EndpointView } from '../../lambdas/management/schemas.ts';
import { cell, counted, shortInstant, table } from '../terminal/table.ts';
import type { ShownSecret } from './secret-option.ts';
import { waitingCell, waitingFacts } from './waiting.ts';

type Endpoint = v.InferOutput<typeof EndpointView>;

/** Formats one endpoint. */
export function describeEndpoint(endpoint: Endpoint): string {
  const { disabled, filter, maxPerSecond, maxConcurrent, timeout, retryDelays } = endpoint;
  const facts: readonly Fact[] = [
    ['endpoint', `${endpoint.id} of ${endpoint.tenant}`],
    ['url', endpoint.url],
    ['status', statusOf(endpoint)],
    ...breakerFacts(endpoint),
    ...waitingFacts(endpoint),
    [
      'last attempt',
      disabled?.lastAttempt && `${disabled.lastAttempt.outcome} (delivery ${disabled.deliveryId})`,
    ],
    ['types', endpoint.eventTypes.join(' ')],
    ['filter', filter && JSON.stringify(filter)],
    ['description', endpoint.description || undefined],
    ['headers', endpoint.headers.join(' ') || undefined],
    ['metadata', textOf(endpoint.metadata)],
    ['limits', limitsOf(maxPerSecond, maxConcurrent)],
    ['timeout', timeout === undefined ? undefined : `${timeout} s`],
    ['retries', retryDelays && `after ${retryDelays.join(', ')} s`],
    ['created', shortInstant(endpoint.createdAt)],
  ];
  return facts
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(12)}  ${cell(value, 500)}`]))
    .join('\n');
}

type Fact = readonly [string, string | undefined];

/** The circuit breaker's state. */
function breakerFacts({ breaker }: Endpoint): readonly Fact[] {
  if (breaker === undefined) return [];
  const { failures, failingSince, retryAfter } = breaker;
  return [
    ['breaker', describeBreaker(breaker)],
    ['retry after', retryAfter && `no request before ${shortInstant(retryAfter)} (Retry-After)`],
    [
      'failing',
      failingSince &&
        `since ${shortInstant(failingSince)}${failures > 0 ? `; ${failures} failures in a row` : ''}`,
    ],
  ];
}

function describeBreaker({ state, since, nextProbeAt }: NonNullable<Endpoint['breaker']>): string {
  if (nextProbeAt === undefined) return state;
  const opened = since === undefined ? '' : ` since ${shortInstant(since)}`;
  return state === 'open'
    ? `open${opened}: the next probe is at ${shortInstant(nextProbeAt)}; endpoints test probes now`
    : `half-open, open${opened}: one delivery probes whether it is back`;
}

const statusOf = ({ status, disabled }: Endpoint): string =>
  disabled === undefined ? status : `${status} since ${shortInstant(disabled.at)}: ${disabled.reason}`;

const textOf = (map: Readonly<Record<string, string>>): string | undefined =>
  Object.entries(map)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ') || undefined;

function limitsOf(perSecond: number | undefined, concurrent: number | undefined): string | undefined {
  const limits = [
    ...(perSecond === undefined ? [] : [`${perSecond} per second`]),
    ...(concurrent === undefined ? [] : [`${concurrent} at the same time`]),
  ];
  return limits.join(', ') || undefined;
}

/** Formats a list of endpoints. */
export const describeEndpoints = (endpoints: readonly Endpoint[]): string =>
  [
    table(
      ['id', 'status', 'waiting', 'types', 'url'],
      endpoints.map((endpoint) => [
        endpoint.id,
        endpoint.disabled ? `${endpoint.status} (${endpoint.disabled.reason})` : endpoint.status,
        waitingCell(endpoint),
        cell(endpoint.eventTypes.join(' '), 40),
        cell(endpoint.url),
      ]),
    ),
    counted(endpoints.length, 'endpoint'),
  ].join('\n');

/** Formats secrets, the current one first. */
export const describeSecrets = (secrets: readonly ShownSecret[]): string =>
  secrets
    .map(
      ({ secret = 'as given', endsAt }) =>
        `secret        ${secret}${endsAt ? `  (signs until ${shortInstant(endsAt)})` : ''}`,
    )
    .join('\n');
