import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { pauseAtMost } from '../../lambdas/adapters/pause.ts';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { RefusalRecord, type RefusedRequest } from '../../lambdas/domain/refusal-record.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { keepIfRefused, refusalKeeper, refusalOf } from '../../lambdas/inbound/keep-refusal.ts';
import type { InboundPorts } from '../../lambdas/inbound/ports.ts';
import { recordedTelemetry } from '../../testing/memory/telemetry.ts';
import { requestOf } from '../support/worlds/inbound-receiver.ts';
import { sourceSettings } from '../support/worlds/inbound-world.ts';

const body = '{"card":"4242"}';
const headers = { authorization: 'Bearer key', 'x-hub-signature-256': 'sha256=ab', cookie: 'a=b' };
const url = 'https://hooks.example.test/webhooks/github?token=t';
const refused = (changes: Partial<RefusedRequest> = {}): RefusedRequest => ({
  source: 'github',
  provider: catalogue.github,
  request: { ...requestOf(body, headers, '203.0.113.9'), url },
  refusal: { status: 401, error: 'invalid_signature', reason: 'mismatch' },
  correlationId: 'request-1',
  at: unixMillis(Date.parse('2026-11-25T10:07:30Z')),
  whole: false,
  secrets: [],
  ...changes,
});

function keeper() {
  const kept = new Map<string, unknown>();
  const { telemetry, lines } = recordedTelemetry();
  const state = { error: undefined as Error | undefined, writes: 0 };
  const keep = refusalKeeper({
    async putBody(key, bytes) {
      state.writes++;
      if (state.error) throw state.error;
      kept.set(key, JSON.parse(Buffer.from(bytes).toString('utf8')));
    },
    log: telemetry.log,
  });
  return { kept, lines, state, keep };
}

describe('a refused request', () => {
  it('a refused request leaves a record with its reason, time and address, but without its contents', async () => {
    const { kept, keep } = keeper();
    await keep(refused());
    const record = v.parse(RefusalRecord, kept.get('inbound/github/refused/07'));

    expect(record).toMatchObject({
      status: 401,
      reason: 'mismatch',
      sourceIp: '203.0.113.9',
      path: '/webhooks/github',
      queryNames: ['token'],
      headerNames: ['authorization', 'cookie', 'x-hub-signature-256'],
      bodyBytes: body.length,
      bodySha256: createHash('sha256').update(body).digest('hex'),
    });
    expect(JSON.stringify(record)).not.toMatch(/4242|Bearer|sha256=ab|token=t/);
  });

  it('a refused request is kept whole, without its credentials, if the source asks for it', async () => {
    const { kept, keep } = keeper();
    await keep(refused({ whole: true }));
    const { request } = v.parse(RefusalRecord, kept.get('inbound/github/refused/07'));

    expect(request?.headers).toEqual({
      authorization: '***',
      'x-hub-signature-256': 'sha256=ab',
      cookie: '***',
    });
    expect(Buffer.from(request?.bodyBase64 ?? '', 'base64').toString()).toBe(body);
    expect(request?.url).toBe('https://hooks.example.test/webhooks/github?token=***');
    expect(request?.leftOut).toEqual(['values of the query']);
  });

  it.each([
    ['gitlab', catalogue.gitlab, 'x-gitlab-token'],
    ['okta', catalogue.okta, 'authorization'],
  ] satisfies [string, Provider, string][])(
    'never leaves the token of %s',
    async (_name, provider, header) => {
      const { kept, keep } = keeper();
      await keep(refused({ provider, whole: true, request: requestOf(body, { [header]: 'the-token' }) }));

      expect(JSON.stringify(kept.get('inbound/github/refused/07'))).not.toContain('the-token');
    },
  );

  it('a record has no header that may be a foreign secret, and no body with the token of Microsoft Graph', async () => {
    const { kept, keep } = keeper();
    const state = '{"value":[{"clientState":"the-token"}]}';
    const sent = {
      'x-api-key': 'the-token',
      'x-amz-security-token': 'the-token',
      'x-client-secret': 'the-token',
    };
    await keep(refused({ provider: catalogue.msgraph, whole: true, request: requestOf(state, sent) }));
    const text = JSON.stringify(kept.get('inbound/github/refused/07'));

    expect(text).toContain('"x-api-key":"***"');
    expect(text).not.toContain('the-token');
    expect(text).not.toContain(Buffer.from(state).toString('base64'));
  });

  it('a record has no very large body', async () => {
    const { kept, keep } = keeper();
    await keep(refused({ whole: true, request: requestOf('x'.repeat(65_537)) }));

    expect(v.parse(RefusalRecord, kept.get('inbound/github/refused/07')).request?.bodyBase64).toBeUndefined();
  });
});

describe('a flood', () => {
  it('a flood of refused requests costs one write a minute and source, and sixty objects a source', async () => {
    const { kept, state, keep } = keeper();
    const start = Date.parse('2026-11-25T10:00:00Z');
    for (let second = 0; second < 2 * 3600; second += 10) {
      await keep(refused({ at: unixMillis(start + second * 1000) }));
      await keep(refused({ at: unixMillis(start + second * 1000), source: 'stripe' }));
    }

    expect(state.writes).toBe(2 * 120);
    expect(kept.size).toBe(2 * 60);
  });
});

describe('refusalOf', () => {
  it.each([400, 401, 403, 413] as const)('a refusal with %i is kept', (status) => {
    const reception = { kind: 'refused', status, error: 'invalid_body', reason: 'why' } as const;

    expect(refusalOf(reception)).toMatchObject({ status, reason: 'why' });
  });

  it('a refused handshake is kept without its verify token', async () => {
    const response = { status: 403, body: '{"error":"wrong"}' };
    expect(refusalOf({ kind: 'handshake', response })).toMatchObject({
      status: 403,
      error: 'refused_challenge',
    });

    const { kept, keep } = keeper();
    const test = { ...requestOf(''), url: `${url}&hub.verify_token=the-token&hub.mode=subscribe` };
    await keep(refused({ whole: true, request: test }));
    expect(kept.get('inbound/github/refused/07')).toMatchObject({
      request: {
        url: 'https://hooks.example.test/webhooks/github?token=***&hub.verify_token=***&hub.mode=***',
      },
    });
  });

  it('an accepted request is not kept, and neither is a fault of Hookline', () => {
    const unavailable = { kind: 'refused', status: 503, error: 'unavailable', reason: 'why' } as const;

    expect(refusalOf(unavailable)).toBeUndefined();
    expect(refusalOf({ kind: 'accepted', events: [] })).toBeUndefined();
    expect(refusalOf({ kind: 'handshake', response: { status: 200, body: '' } })).toBeUndefined();
  });
});

it('a refused request is kept under any URL that a gateway may have', async () => {
  const { kept, lines, keep } = keeper();
  await keep(
    refused({ request: { ...requestOf(body), url: 'https://a.execute-api.127.0.0.1/webhooks/github' } }),
  );

  expect(lines).toEqual([]);
  expect(kept.get('inbound/github/refused/07')).toMatchObject({ path: '/webhooks/github' });
});

it('a record that cannot be kept is logged and does not throw', async () => {
  const { lines, state, keep } = keeper();
  state.error = new Error('no bucket');

  await expect(keep(refused())).resolves.toBeUndefined();
  expect(lines).toEqual([{ level: 'warn', line: 'refusal.keep-failed', fields: { reason: 'no bucket' } }]);
});

describe('the receiver', () => {
  const received = {
    request: refused().request,
    result: { kind: 'refused', status: 401, error: 'invalid_signature', reason: 'mismatch' },
    correlationId: 'request-1',
    at: refused().at,
  } as const;
  const sourceOf = (keepRefusedRequests: boolean) => ({
    settings: sourceSettings({ name: 'source', provider: 'github', keepRefusedRequests }),
    provider: catalogue.github,
  });
  const keysOf = (current: InboundPorts['keys']['current']): Pick<InboundPorts, 'keys' | 'pause'> => ({
    keys: { current, reread: async () => undefined, forget: () => undefined },
    pause: pauseAtMost,
  });
  const notSet = keysOf(async () => ({ kind: 'not-set' }));
  const unreadable = keysOf(async () => {
    throw new Error('no secret');
  });

  it('the receiver keeps a whole request if the source asks for it, unless its keys cannot be read', async () => {
    const kept: RefusedRequest[] = [];
    const keep = async (request: RefusedRequest) => void kept.push(request);

    await keepIfRefused(received, sourceOf(false), notSet, keep);
    await keepIfRefused(received, sourceOf(true), notSet, keep);
    await keepIfRefused(received, sourceOf(true), unreadable, keep);

    expect(kept.map(({ whole }) => whole)).toEqual([false, true, false]);
  });

  it('the receiver responds although the record is never written', async () => {
    await keepIfRefused(received, sourceOf(false), notSet, () => new Promise(() => undefined));
  });

  it('the receiver keeps nothing of an accepted request', async () => {
    const accepted = { ...received, result: { kind: 'accepted', events: [] } } as const;

    await keepIfRefused(accepted, sourceOf(true), notSet, async () => {
      throw new Error('kept');
    });
  });
});
