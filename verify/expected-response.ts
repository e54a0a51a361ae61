import type { Provider } from '../lambdas/domain/provider/provider.ts';
import type { RawRequest } from '../lambdas/domain/raw-request.ts';
import { responseTo } from '../lambdas/inbound/receive-response.ts';
import type { ReceiveResult } from '../lambdas/inbound/receive-result.ts';
import type { ExpectedResponse } from './result.ts';

/** The response that the provider of a request expects, as any server can send it. */
export function expectedResponse(
  result: ReceiveResult,
  provider: Provider,
  request: RawRequest,
): ExpectedResponse {
  const made = responseTo(result, provider, request);
  if (made.kind === 'json') {
    const headers = { 'content-type': 'application/json' };
    return { status: made.status, headers, body: JSON.stringify(made.body) };
  }
  const { status, contentType, headers, body } = made.response;
  return {
    status,
    headers: { ...(contentType !== undefined && { 'content-type': contentType }), ...headers },
    body,
  };
}
