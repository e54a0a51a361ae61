import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { amzDate, signer } from '../../../lambdas/adapters/aws/signature.ts';

/** The hash that the SDK's signer takes. */
class Sha256 {
  private readonly hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', typeof secret === 'string' ? secret : Buffer.from(secret as Uint8Array));
  }
  update(data: Uint8Array): void {
    this.hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
  reset(): void {}
}

const word = fc.stringMatching(/^[A-Za-z0-9]{1,40}$/);
const secret = fc.stringMatching(/^[A-Za-z0-9+/]{1,60}$/);
const region = fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1', 'us-gov-west-1');
const service = fc.constantFrom('dynamodb', 'sqs', 'secretsmanager');
const at = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) });
const requests = fc.record({
  action: word,
  host: fc.domain(),
  body: fc.string({ unit: 'binary', maxLength: 300 }),
  // The root, or the path of a Lambda function.
  path: fc.constantFrom(
    '/',
    '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3Aa_b-c%3Alive/invocations',
  ),
});

it('a request with any body, day, region and credentials is signed as the SDK signs it', async () => {
  const credentials = fc.record(
    { accessKeyId: word, secretAccessKey: secret, sessionToken: secret },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
  );
  await fc.assert(
    fc.asyncProperty(requests, at, region, service, credentials, async (request, now, where, name, by) => {
      const { action, host, body, path } = request;
      const date = amzDate(now);
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        host,
        'x-amz-date': date,
        ...(by.sessionToken && { 'x-amz-security-token': by.sessionToken }),
        'x-amz-target': `Service.${action}`,
      };
      const theirs = new SignatureV4({
        service: name,
        region: where,
        credentials: by,
        sha256: Sha256,
        applyChecksum: false,
      });
      const unsigned = { method: 'POST', protocol: 'https:', hostname: host, path, headers, body };
      const signed = await theirs.sign(unsigned, { signingDate: new Date(now) });

      expect(signer(name, where)({ method: 'POST', path, headers, body }, date, by)).toBe(
        signed.headers['authorization'],
      );
    }),
    { numRuns: 300 },
  );
});

it('the key of a signer follows the day and the secret', () => {
  const sign = signer('sqs', 'us-east-1');
  const signed = (day: number, secretAccessKey: string) => {
    const date = amzDate(Date.UTC(2026, 10, day));
    return sign({ method: 'POST', headers: { host: 'a', 'x-amz-date': date }, body: '' }, date, {
      accessKeyId: 'id',
      secretAccessKey,
    });
  };
  const first = signed(1, 'a');

  expect(new Set([first, signed(2, 'a'), signed(1, 'b'), signed(1, 'a')]).size).toBe(3);
  expect(signed(1, 'a')).toBe(first);
});

// AWS published a suite of requests with their signatures for implementers of Signature Version 4.
const published = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const publishedDate = '20150830T123600Z';
const host = { host: 'example.amazonaws.com' };
const date = { 'x-amz-date': publishedDate };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

it.each([
  [
    'a GET without a body',
    'GET',
    { ...host, ...date },
    '',
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  ],
  [
    'a POST without a body',
    'POST',
    { ...host, ...date },
    '',
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'a POST with one more header',
    'POST',
    { ...host, 'my-header1': 'value1', ...date },
    '',
    'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  ],
  [
    'a POST with a body',
    'POST',
    { ...form, ...host, ...date },
    'Param1=value1',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
] as const)('%s has the signature that AWS published', (_what, method, headers, body, signature) => {
  const sign = signer('service', 'us-east-1');

  expect(sign({ method, headers, body }, publishedDate, published)).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${Object.keys(headers).join(';')}, Signature=${signature}`,
  );
});
