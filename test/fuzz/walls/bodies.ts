import { createSecretKey } from 'node:crypto';
import { Readable } from 'node:stream';
import { readCapturedRequest } from '../../../cli/explain/captured-request.ts';
import { bodyVariants } from '../../../cli/explain/variants/body.ts';
import { formVariants } from '../../../cli/explain/variants/form.ts';
import { jsonVariants } from '../../../cli/explain/variants/json.ts';
import { keyVariants } from '../../../cli/explain/variants/key.ts';
import { clientTokens } from '../../../lambdas/adapters/http/client-tokens.ts';
import { headFinder } from '../../../lambdas/adapters/http/head-finder.ts';
import { readHead } from '../../../lambdas/adapters/http/response-head.ts';
import { sampleOf } from '../../../lambdas/adapters/http/response-sample.ts';
import { trustedLeaf } from '../../../lambdas/domain/provider/certificates.ts';
import { sliceJsonArray, sliceJsonValue } from '../../../lambdas/domain/provider/json-slices.ts';
import { unverifiedHeader, verifiedClaims } from '../../../lambdas/domain/provider/json-web-signature.ts';
import { readMultipart } from '../../../lambdas/domain/provider/multipart.ts';
import {
  readPayload,
  readUnverifiedForm,
  readUnverifiedJson,
} from '../../../lambdas/domain/provider/payload.ts';
import { parseRetryAfter } from '../../../lambdas/domain/retry-schedule.ts';
import { seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import type { Wall } from '../../support/hostile/wall.ts';

const now = unixMillis(1_795_000_000_000);
const event = { id: 'evt_1', type: 'a.b', events: [{ id: 'evt_2', type: 'c.d' }], data: { amount: 1 } };
const formats = ['json', 'json-or-empty', 'json-or-form', 'json-or-fields', 'any'] as const;

const webhookBody: Wall = {
  name: 'the body of a webhook',
  files: [
    'lambdas/domain/provider/payload.ts',
    'lambdas/domain/provider/json-slices.ts',
    'lambdas/domain/provider/multipart.ts',
  ],
  valid: [event],
  feed(_text, bytes) {
    for (const format of formats) {
      const read = readPayload(bytes, format);
      if (!read.ok || format !== 'json') continue;
      if (Array.isArray(read.value)) sliceJsonArray(bytes);
      else if (Array.isArray(Reflect.get(Object(read.value), 'events')))
        sliceJsonArray(sliceJsonValue(bytes, 'events'));
    }
    readUnverifiedJson(bytes);
    readUnverifiedForm(bytes);
    readMultipart(bytes);
  },
};

const token: Wall = {
  name: 'the token of a webhook',
  files: ['lambdas/domain/provider/json-web-signature.ts', 'lambdas/domain/provider/providers/monday.ts'],
  valid: [event],
  async feed(text) {
    const encoded = Buffer.from(text).toString('base64url');
    for (const given of [text, `${text}.${text}.${text}`, `${encoded}.${encoded}.AAAA`]) {
      unverifiedHeader(given);
      await verifiedClaims(given, createSecretKey(Buffer.alloc(32, 1)), ['HS256']);
    }
  },
};

const issued = { access_token: 'a', expires_in: 3600 };
/** What a provider's servers send: keys, certificates, access tokens. */
const keyServer: Wall = {
  name: 'the response of a provider’s server',
  files: ['lambdas/domain/provider/certificates.ts', 'lambdas/adapters/http/client-tokens.ts'],
  valid: [issued],
  throws: ['NoCertificateError', 'TokenError'],
  async feed(text) {
    const tokens = clientTokens(
      async () => text,
      () => 0,
    );
    const client = { tokenUrl: new URL('https://a.example/'), id: 'i', secret: 's', scope: '' };
    await tokens.of(client, AbortSignal.timeout(60_000));
    const fetchKey = async () => ({ isThere: true, text });
    const tolerance = seconds(300);
    const pin = { commonName: /./, issuerHost: /./ };
    await trustedLeaf(text, pin, { fetchKey, visit: async () => undefined, roots: () => [], now, tolerance });
  },
};

const encodings = ['gzip', 'deflate', 'br', 'identity', '__proto__', ''];
const endpointResponse: Wall = {
  name: 'the response of an endpoint',
  files: ['head-finder', 'response-head', 'response-sample'].map(
    (name) => `lambdas/adapters/http/${name}.ts`,
  ),
  valid: [event],
  throws: ['ProtocolError'],
  // Up to 24 characters of what is no response.
  repeats: true,
  async feed(text, bytes) {
    parseRetryAfter(text, now);
    readHead(text);
    readHead(`HTTP/1.1 200 OK\r\n${text}\r\n\r\n`);
    for (const encoding of encodings) {
      const head = { status: 200, headers: new Map([['content-encoding', [encoding]]]), isRegular: true };
      const sample = await sampleOf({ head, body: Readable.from([bytes]) });
      if ((sample?.length ?? 0) > 1_100) throw new Error(`a sample of ${sample?.length} characters`);
    }
    headFinder(256 * 1024).push(bytes);
  },
};

const captured = {
  method: 'POST',
  headers: { 'x-signature': 'a', list: ['b'] },
  body: '{}',
  rawQueryString: 'a=b',
};
const capturedRequest: Wall = {
  name: 'a file with a captured request',
  files: ['cli/explain/captured-request.ts'],
  valid: [captured, { ...captured, isBase64Encoded: true, sourceIp: '192.0.2.1' }],
  throws: ['RefusedError'],
  feed: (_text, bytes) => readCapturedRequest(bytes, 'https://a.example/webhooks/a'),
};

/** `hookline explain` tries what a body, a form or a key may have been before something changed it. */
const explained: Wall = {
  name: 'what hookline explain tries',
  files: ['form', 'json', 'key'].map((name) => `cli/explain/variants/${name}.ts`),
  valid: [event],
  feed(text, bytes) {
    // It compares digests of hundreds of variants.
    if (bytes.length > 65_536) return;
    bodyVariants(bytes);
    formVariants(text);
    jsonVariants(text);
    keyVariants(text, 'text');
    keyVariants(text, 'standard-webhooks');
  },
};

export const bodyWalls: readonly Wall[] = [
  webhookBody,
  token,
  keyServer,
  endpointResponse,
  capturedRequest,
  explained,
];
