import { createPublicKey, type KeyObject, verify as verifySignature } from 'node:crypto';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { expect, it } from 'vitest';
import { type EndpointRequest, startEndpoint, statuses } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';

import { newId, tenantsOf } from './support/tenants.ts';

function verify(request: EndpointRequest | undefined, secret: string): void {
  const { headers = {}, body = '' } = request ?? {};
  expect(() => new StandardWebhook(secret).verify(body, headers)).not.toThrow();
  expect(() => new SvixWebhook(secret).verify(body, headers)).not.toThrow();
}

/** Of `whpk_` and a raw Ed25519 key in base64. */
const publicKeyOf = (text: string): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(text.slice(5), 'base64').toString('base64url') },
    format: 'jwk',
  });

describeFlow('Requests to the endpoints of a tenant', (stack) => {
  const { call, pathOf, create, publish } = tenantsOf(stack);

  it.concurrent('requests to endpoints verify with both libraries before, during and after a rotation, each with its own secret', async () => {
    using one = await startEndpoint(statuses(200));
    using two = await startEndpoint(statuses(200));
    const tenant = newId('t');
    const first = (await create(tenant, 'one', one.url)).body.secret.secret;
    const other = (await create(tenant, 'two', two.url)).body.secret.secret;
    const send = async () => {
      const before = one.requests.length;
      await publish(tenant, newId());
      await eventually(
        'both requests',
        async () => one.requests.length > before && two.requests.length > before,
      );
      return one.requests.at(-1);
    };

    verify(await send(), first);
    verify(two.requests.at(-1), other);
    expect(() => verify(two.requests.at(-1), first)).toThrow();

    const rotate = (overlapHours: number) =>
      call('POST', `${pathOf(tenant, 'one')}/rotate-secret`, { overlapHours });
    const [second, ending] = (await rotate(1)).body.secrets;
    expect(ending).toMatchObject({ secret: first, endsAt: expect.any(String) });
    const during = await send();
    verify(during, first);
    verify(during, second.secret);

    const [third, ...left] = (await rotate(0)).body.secrets;
    expect(left).toEqual([]);
    const after = await send();
    verify(after, third.secret);
    for (const ended of [first, second.secret]) expect(() => verify(after, ended)).toThrow();
  });

  it.concurrent('requests to an endpoint with an Ed25519 key verify with the public half, and an imported secret signs', async () => {
    using asymmetric = await startEndpoint(statuses(200));
    using imported = await startEndpoint(statuses(200));
    const tenant = newId('t');
    const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
    const created = await create(tenant, 'asymmetric', asymmetric.url, { secretKind: 'v1a' });
    await create(tenant, 'imported', imported.url, { secret });

    await publish(tenant, newId());
    await eventually('both', async () => asymmetric.requests.length === 1 && imported.requests.length === 1);

    verify(imported.requests[0], secret);
    expect(created.body.secret.secret).toMatch(/^whpk_/);
    const { headers = {}, body = '' } = asymmetric.requests[0] ?? {};
    const [, signature = ''] = headers['webhook-signature']?.split('v1a,') ?? [];
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const key = publicKeyOf(created.body.secret.secret);
    expect(verifySignature(null, Buffer.from(signed), key, Buffer.from(signature, 'base64'))).toBe(true);
  });
});
