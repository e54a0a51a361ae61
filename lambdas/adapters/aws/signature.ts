import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { Credentials } from './environment.ts';

/** A request without a query. AWS's JSON protocol makes them to the root path. */
export interface SignableRequest {
  readonly method: 'POST' | 'GET';
  /** As it is sent, percent-encoded. @default the root */
  readonly path?: string;
  /** In lower case, in the order of their names; values without blanks at the ends or runs of them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An instant as AWS writes it, e.g. `20150830T123600Z`. @param at Unix milliseconds */
export const amzDate = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '');

/**
 * Makes the signer of one service in one region, by Signature Version 4. It keeps the key, which changes once a day.
 *
 * @returns a function that makes a request's `authorization`; `date` is that of its `x-amz-date`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signer(service: string, region: string) {
  let known: { readonly key: KeyObject; readonly day: string; readonly secret: string } | undefined;

  function keyOf(day: string, secret: string): KeyObject {
    if (known?.day === day && known.secret === secret) return known.key;
    const key = createSecretKey(signingKey(secret, [day, region, service, 'aws4_request']));
    known = { key, day, secret };
    return key;
  }

  return (request: SignableRequest, date: string, credentials: Credentials): string => {
    const day = date.slice(0, 8);
    const scope = `${day}/${region}/${service}/aws4_request`;
    const names = Object.keys(request.headers).join(';');
    const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonicalText(request, names))}`;
    const signature = createHmac('sha256', keyOf(day, credentials.secretAccessKey))
      .update(text)
      .digest('hex');
    return `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  };
}

function canonicalText({ method, path, headers, body }: SignableRequest, names: string): string {
  let lines = '';
  for (const name in headers) lines += `${name}:${headers[name]}\n`;
  return `${method}\n${path === undefined ? '/' : encodedAgain(path)}\n\n${lines}\n${names}\n${hash('sha256', body)}`;
}

/** Every service but S3 signs the path encoded once more than it is sent. */
const encodedAgain = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** Derives the key of a day, a region and a service from the secret. */
function signingKey(secret: string, parts: readonly string[]): Buffer {
  let key = Buffer.from(`AWS4${secret}`);
  for (const part of parts) key = createHmac('sha256', key).update(part).digest();
  return key;
}
