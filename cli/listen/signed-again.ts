import { randomUUID } from 'node:crypto';
import type { ReceivedMessage } from '../../lambdas/domain/event.ts';
import { providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { type Draft, needsPrivateKey } from '../../testing/signing/draft.ts';
import { assertSignable, signRequest } from '../../testing/signing/sign-request.ts';
import { keyOf } from '../send/send-request.ts';
import type { DeployedSource } from '../stack/deployment.ts';
import { RefusedError } from '../terminal/errors.ts';

/** Signs the copy of an event for the app that gets it. */
export type SignAgain = (event: ReceivedMessage, url: string, body: Uint8Array) => Draft;

/**
 * Signs copies of events as their provider signs, with a secret of the local app, so that its own verification accepts them.
 *
 * The real signature is gone: Hookline keeps no signatures.
 *
 * @throws RefusedError for a secret of another form, or a public key; CannotSignError if only the provider can sign
 */
export function signingAgain({ name, provider: slug, checks }: DeployedSource, secret: string): SignAgain {
  const provider = providerOf({ name, provider: slug, ...checks });
  assertSignable(slug);
  const key = keyOf({ slug, provider, secret, remedy: 'give it with --secret.' });
  if ('publicKey' in key) throw new RefusedError(needsPrivateKey);
  return ({ id, headers }, url, body) => {
    const draft = { method: 'POST', url, headers, body };
    // An id that could not be in a header was made by Hookline.
    const messageId = /^[\w-]{1,256}$/.test(id) ? id : randomUUID();
    return signRequest(slug, provider, draft, { key, at: unixMillis(Date.now()), messageId });
  };
}
