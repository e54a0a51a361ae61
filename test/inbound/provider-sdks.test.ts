import { readdirSync, readFileSync } from 'node:fs';
import { sign as signAsGitHub } from '@octokit/webhooks-methods';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as SvixWebhook } from 'svix';
import * as v from 'valibot';
import { describe, expect, it, vi } from 'vitest';
import { findHandler } from '../../lambdas/domain/handler.ts';
import { parsePayload } from '../../lambdas/domain/provider/payload.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { github } from '../../lambdas/handlers/github.ts';
import { memoryReceiver, requestOf } from '../support/worlds/inbound-receiver.ts';

const now = 1_795_000_000;
const stored = (value: string) => ({ current: { value, createdAt: unixMillis((now - 60) * 1000) } });

describe('requests signed by the providers’ own libraries', () => {
  it('a request signed by Stripe’s library is accepted, and refused 301 s later', async () => {
    const payload = JSON.stringify({ id: 'evt_1', type: 'invoice.paid', text: 'grüße 😀' }, null, 2);
    const header = Stripe.webhooks.generateTestHeaderString({
      payload,
      secret: 'whsec_test',
      timestamp: now,
    });
    const receiver = memoryReceiver({ provider: 'stripe' }, stored('whsec_test'));
    const request = requestOf(payload, { 'stripe-signature': header });

    expect(await receiver.receive(request, now)).toMatchObject({
      events: [{ id: 'evt_1', type: 'invoice.paid' }],
    });
    expect(await receiver.receive(request, now + 301)).toMatchObject({ status: 401, reason: 'too-old' });
  });

  it('requests signed by standardwebhooks and svix are accepted', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const payload = '{"type":"user.created","name":"Zoë"}';
    const at = new Date(now * 1000);
    const receiver = memoryReceiver({ provider: 'standard-webhooks' }, stored(secret));
    const standard = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(now),
      'webhook-signature': new StandardWebhook(secret).sign('msg_1', at, payload),
    };
    const svix = {
      'svix-id': 'msg_2',
      'svix-timestamp': String(now),
      'svix-signature': new SvixWebhook(secret).sign('msg_2', at, payload),
    };

    for (const [headers, id] of [[standard, 'msg_1'] as const, [svix, 'msg_2'] as const]) {
      expect(await receiver.receive(requestOf(payload, headers), now)).toMatchObject({
        events: [{ id, type: 'user.created' }],
      });
    }
  });
});

const ExampleIndex = v.array(v.object({ name: v.string(), examples: v.array(v.unknown()) }));
const examples = new URL('../../node_modules/@octokit/webhooks-examples/', import.meta.url);
const editions = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: edition }) => {
    const index = readFileSync(new URL(`${edition}/index.json`, examples), 'utf8');
    return v.parse(ExampleIndex, JSON.parse(index)).map((event) => ({ edition, ...event }));
  });

describe('GitHub’s example payloads', () => {
  it('GitHub’s example payloads are there in all editions', () => {
    const payloads = editions.reduce((sum, event) => sum + event.examples.length, 0);

    expect(payloads).toBeGreaterThan(700);
  });

  it.each(editions)(
    '$name payloads of $edition are accepted as JSON and as forms, and read back',
    async (event) => {
      const receiver = memoryReceiver({ provider: 'github' }, stored('a secret'));
      const headers = { 'x-github-event': event.name, 'x-github-delivery': 'guid-1' };

      for (const example of event.examples) {
        const json = JSON.stringify(example, null, 2);
        const form = new URLSearchParams({ payload: json }).toString();
        for (const [body, contentType] of [
          [json, 'application/json'],
          [form, 'application/x-www-form-urlencoded'],
        ] as const) {
          const signature = await signAsGitHub('a secret', body);
          const signed = { ...headers, 'content-type': contentType, 'x-hub-signature-256': signature };

          expect(await receiver.receive(requestOf(body, signed), now)).toMatchObject({
            events: [{ id: 'guid-1', type: event.name }],
          });
          expect(parsePayload(Buffer.from(body), 'json-or-form')).toEqual(example);
        }
      }
      expect(receiver.sent).toHaveLength(2 * event.examples.length);
    },
  );

  it('GitHub’s example payloads fit the shipped handlers', async () => {
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const handled = editions.filter(({ name }) => findHandler(github, name) !== undefined);

    for (const { name, examples: payloads } of handled) {
      for (const payload of payloads) {
        const event = {
          id: 'guid-1',
          type: name,
          source: 'github',
          provider: 'github',
          headers: {},
          payload,
        };
        const complete = { ...event, receivedAt: unixMillis(now * 1000), body: Buffer.from('') };
        const context = { attemptNumber: 1, signal: new AbortController().signal, log };
        await findHandler(github, name)?.handler(complete, context);
      }
    }

    expect(new Set(handled.map(({ name }) => name))).toEqual(new Set(['push', 'pull_request', 'issues']));
    expect(log.info).toHaveBeenCalledWith('triage.requested', expect.anything());
  });
});
