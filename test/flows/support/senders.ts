import { createHmac } from 'node:crypto';
import type { LocalStack } from './local-stack.ts';

/** The sources of the app whose events have their id and type in headers. */
export type NamedSource = 'plain' | 'deadly' | 'mortal' | 'hanging' | 'quiet';

/**
 * Posts an event to one of the app's generic sources, signed with its secret; once more if the response is 503, as providers
 * do: on a machine that is busy with other tests a call may take too long.
 */
export async function postSigned(
  stack: LocalStack,
  source: NamedSource,
  event: { readonly id: string; readonly type: string; readonly contentType?: string },
  body: string | Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const signature = createHmac('sha256', await stack.secretOf(source))
    .update(body)
    .digest('hex');
  const headers = {
    'x-signature': signature,
    'x-id': event.id,
    'x-type': event.type,
    'content-type': event.contentType ?? 'application/json',
  };
  const response = await stack.post(source, headers, body);
  return response.status === 503 ? stack.post(source, headers, body) : response;
}
