import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { type AttemptOutcome, outcomeOfAnswer } from '../domain/attempt-outcome.ts';
import { checkUrl, type DestinationRules } from '../domain/destination.ts';
import type { OutboundSettings } from '../domain/outbound-settings.ts';
import { parseRetryAfter } from '../domain/retry-schedule.ts';
import { type Millis, unixMillis } from '../domain/time.ts';
import { guardedLookup, type Resolve } from './guarded-lookup.ts';
import { outcomeOfError } from './http-errors.ts';
import { type Answer, answerTo, type Open } from './http-exchange.ts';

/** One signed request. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** One deadline over DNS, connect and response head. */
  readonly timeout: Millis;
}

type SenderSettings = DestinationRules & Pick<OutboundSettings, 'connectTimeout'>;

/** The status line decides, so a large head must not hide it; what is larger still is the endpoint's failure. */
const maxHeaderBytes = 256 * 1024;
/** Idle connections of one container, which serves few endpoints at once. */
const maxIdleSockets = 32;

const agentOptions = { keepAlive: true, maxFreeSockets: maxIdleSockets, scheduling: 'lifo' } as const;

/**
 * Posts to endpoints: no redirects, TLS verified, only to public addresses, with one deadline over DNS, connect and
 * response head.
 *
 * Never throws for what an endpoint does.
 */
export function httpSender(settings: SenderSettings, resolve?: Resolve) {
  const plain = { agent: new HttpAgent(agentOptions), request: requestHttp };
  const secure = { agent: new HttpsAgent(agentOptions), request: requestHttps };

  const opener =
    (url: URL, isLocal: boolean, { headers, body }: Post): Open =>
    (connection) => {
      const { agent, request } = url.protocol === 'http:' ? plain : secure;
      return request(url, {
        method: 'POST',
        headers: { ...headers, 'Content-Length': body.byteLength },
        agent: connection === 'pooled' ? agent : false,
        lookup: guardedLookup(isLocal, resolve),
        maxHeaderSize: maxHeaderBytes,
        rejectUnauthorized: true,
      });
    };

  return {
    async post(post: Post): Promise<AttemptOutcome> {
      const checked = checkUrl(post.url, settings);
      if (!checked.ok) return { kind: 'blocked', isLiteral: checked.isLiteral, error: checked.reason };
      const times = { connectTimeout: settings.connectTimeout, attemptTimeout: post.timeout };
      try {
        return outcomeOf(await answerTo(opener(checked.url, checked.isLocal, post), post.body, times));
      } catch (error) {
        return outcomeOfError(error);
      }
    },

    /** Closes the idle connections. */
    close(): void {
      plain.agent.destroy();
      secure.agent.destroy();
    },
  };
}

const outcomeOf = ({ status, retryAfter, sample, location }: Answer): AttemptOutcome =>
  outcomeOfAnswer(status, parseRetryAfter(retryAfter, unixMillis(Date.now())), sample, location);
