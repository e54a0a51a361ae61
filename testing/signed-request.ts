import type { Fetch } from '../lambdas/adapters/http/provider-calls.ts';
import type { ProviderName } from '../lambdas/domain/provider/catalogue.ts';
import { decodeUtf8 } from '../lambdas/domain/provider/payload.ts';
import type { Draft } from './signing/draft.ts';

/**
 * A request that is signed as its provider signs, for one test. `verify(request.provider, request)` accepts it.
 */
export interface SignedRequest extends Draft {
  readonly provider: ProviderName;
  /** The secret that it is signed with. */
  readonly secret: string;
  /** Hands out the test's keys in place of the servers of SNS, PayPal, Plaid and eBay. */
  readonly fetch: Fetch;
  /** Roots of the test's certificates, for SNS and PayPal. */
  readonly roots: readonly string[];
  /** The request for a fetch-style server. */
  toRequest(): Request;
  /** The event of an API Gateway HTTP API, for a Lambda handler (`APIGatewayProxyEventV2`). */
  toLambdaEvent(): LambdaEvent;
}

/** The event that API Gateway's HTTP APIs send to Lambda, in its payload format 2.0. */
export type LambdaEvent = ReturnType<typeof lambdaEvent>;

export const fetchRequest = ({ method, url, headers, body }: Draft): Request =>
  new Request(url, {
    method,
    headers,
    body: method === 'GET' || method === 'HEAD' ? undefined : new Uint8Array(body),
  });

/** @param at when the gateway gets it, in unix milliseconds */
export function lambdaEvent({ method, url, headers, body }: Draft, at: number) {
  const { hostname, host, pathname, search } = new URL(url);
  const text = decodeUtf8(body);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: { host, ...headers },
    requestContext: {
      accountId: '111122223333',
      apiId: 'test',
      domainName: hostname,
      domainPrefix: hostname.split('.')[0] ?? '',
      http: {
        method,
        path: pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: 'test-request',
      routeKey: '$default',
      stage: '$default',
      time: new Date(at).toUTCString(),
      timeEpoch: at,
    },
    body: text ?? Buffer.from(body).toString('base64'),
    isBase64Encoded: text === undefined,
  };
}
