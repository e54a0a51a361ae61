import { type AttemptOutcome, outcomeOfResponse } from '../../domain/attempt-outcome.ts';
import { checkUrl, type DestinationRules } from '../../domain/destination-rules.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import { parseRetryAfter } from '../../domain/retry-schedule.ts';
import { type Millis, unixMillis } from '../../domain/time.ts';
import { concurrencyLimit } from './concurrency-limit.ts';
import { connectionPool } from './connection-pool.ts';
import { type EndpointRequest, sendRequest } from './endpoint-request.ts';
import { BlockedAddressError, outcomeOfError } from './errors.ts';
import type { HttpResponse } from './exchange.ts';
import type { OnRefused } from './guarded-lookup.ts';
import { nameResolver, type Resolve } from './name-resolver.ts';
import { exhaustionIn, OwnFaultError } from './own-fault.ts';

/** One signed request. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** One deadline over DNS, connect and response head. */
  readonly timeout: Millis;
}

type SenderSettings = DestinationRules & Pick<OutboundSettings, 'connectTimeout'>;

/** With the idle connections well within a function's 1,024 descriptors. A batch has five requests, so none waits. */
const maxActive = 256;

/**
 * Posts to endpoints: no redirects, TLS verified, only to public addresses, with one deadline over DNS, connect and
 * response head.
 *
 * @param onRefused called with the private address that a name resolved to
 */
export function httpSender(
  settings: SenderSettings,
  resolve: Resolve = nameResolver(),
  onRefused: OnRefused = () => undefined,
) {
  const pool = connectionPool();
  const active = concurrencyLimit(maxActive);

  /** Retries once after closing the idle connections, which hold descriptors and ports, if the fault is ours. */
  async function send(request: EndpointRequest): Promise<HttpResponse> {
    try {
      return await sendRequest(request, pool, resolve);
    } catch (error) {
      if (exhaustionIn(error) === undefined) throw error;
      pool.closeIdle();
      await new Promise((nextTick) => setImmediate(nextTick));
      return sendRequest(request, pool, resolve);
    }
  }

  return {
    /**
     * Never throws for what an endpoint does.
     *
     * @throws OwnFaultError when this process cannot send the request; that does not count as an attempt
     */
    async post({ url, headers, body, timeout }: Post): Promise<AttemptOutcome> {
      const checked = checkUrl(url, settings);
      if (!checked.ok) return { kind: 'blocked', isLiteral: checked.isLiteral, error: checked.reason };
      const { url: destination, isLocal } = checked;
      if (!(await active.enter(timeout))) {
        throw new OwnFaultError('EBUSY', `${maxActive} requests are under way already`);
      }
      try {
        const { connectTimeout, refusedRanges } = settings;
        // The wait for a place is not the endpoint's fault.
        const startedAt = performance.now();
        const limits = { connectTimeout, timeout, startedAt };
        const request = { url: destination, isLocal, refusedRanges, headers, body, ...limits };
        return outcomeOf(await send(request));
      } catch (error) {
        if (error instanceof BlockedAddressError) onRefused(destination.hostname, String(error.cause));
        return outcomeOfError(error);
      } finally {
        active.leave();
      }
    },

    /** Closes the connections. */
    close: pool.close,
  };
}

const outcomeOf = ({ status, retryAfter, sample, location }: HttpResponse): AttemptOutcome =>
  outcomeOfResponse(status, parseRetryAfter(retryAfter, unixMillis(Date.now())), sample, location);
