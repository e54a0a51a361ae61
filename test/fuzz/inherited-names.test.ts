import { describe, expect, it } from 'vitest';
import { getsSecretByHandshake, secretFormat } from '../../cli/secrets/check-value.ts';
import { defineHandlers, findHandler } from '../../lambdas/domain/handler.ts';
import { ownOf } from '../../lambdas/domain/own-property.ts';
import { catalogue, providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import { propertyAt } from '../../lambdas/domain/provider/property.ts';
import { parseKey } from '../../lambdas/domain/signature/key.ts';
import { readSignature } from '../../lambdas/domain/signature/read-signature.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { typeLabel } from '../../lambdas/inbound/attempt.ts';
import { findRoute } from '../../lambdas/inbound/targets/find-route.ts';
import { findTargetsBy } from '../../lambdas/inbound/targets/find-targets.ts';
import { sampleOf } from '../../testing/samples/sample-of.ts';
import { signRequest } from '../../testing/signing/sign-request.ts';
import { look, now, sourceOf } from '../support/cli/explain.ts';
import { scripted, succeed } from '../support/fixtures/scripted-handlers.ts';
import { memoryReceiver, requestOf } from '../support/worlds/inbound-receiver.ts';
import { inboundWorld, sourceSettings, stripeMessage } from '../support/worlds/inbound-world.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

/** The names that every plain object inherits. */
const inherited = [...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'caller', 'then'];

describe.each(inherited)('the name %s', (name) => {
  it('an inherited name is in no table', async () => {
    expect(ownOf({}, name)).toBeUndefined();
    expect(propertyAt({}, name)).toBeUndefined();
    expect(secretFormat(name)).toBe('text');
    expect(getsSecretByHandshake(name)).toBe(false);
    expect(sampleOf(name, 'https://a.test/', unixMillis(0)).body.byteLength).toBeGreaterThan(0);
  });

  it('an inherited name is not a provider', async () => {
    expect(() => providerOf({ name: 'a', provider: name })).toThrow(/choose one of/);
    const draft = sampleOf('github', 'https://a.test/', unixMillis(0));
    const key = parseKey('a secret', 'text');
    if (key === undefined) throw new Error('it is a secret');
    const signing = { key, at: unixMillis(0), messageId: 'm' };
    const signed = signRequest(name, catalogue.github, draft, signing);
    expect(signed.headers['x-hub-signature-256']).toMatch(/^sha256=/);
  });

  it('an inherited name is not an event type with a handler', () => {
    const handlers = defineHandlers('stripe', { 'invoice.*': async () => undefined });
    const settings = sourceSettings({ to: { 'invoice.*': [{ kind: 'handlers' }], b: [] } });
    const source = { settings, provider: catalogue.stripe };
    const sendToTarget = async () => undefined;
    const findTargets = findTargetsBy({ bucket: 'b', putBody: sendToTarget, sendToTarget });
    const routeOf = (type: string) => findRoute(source, handlers, type, { findTargets });

    expect(findHandler(handlers, name)).toBeUndefined();
    expect(typeLabel(routeOf(name))).toBe(typeLabel(routeOf('nobody.has.it')));
  });

  it('an inherited name is neither a version of a signature nor a header that counts', async () => {
    const { signature } = catalogue.stripe;
    const headers = new Map([['stripe-signature', `t=${now},${name}=ab`]]);
    if (typeof signature === 'function') throw new Error('Stripe signs by a scheme');

    expect(readSignature(signature, headers)).toBe('malformed-header');
    const diagnosis = await look(
      requestOf('{}', { [name.toLowerCase()]: 'a' }),
      sourceOf('github', 'a secret'),
    );
    expect(diagnosis.likely.join()).not.toMatch(/^Only|function|native/);
  });

  it('an inherited name is a type, an id and a field like any other in a received event', async () => {
    const receiver = memoryReceiver(
      { provider: 'token', token: { header: 'x-token', prefix: '', typeHeader: 'x-type', idHeader: 'x-id' } },
      { current: { value: 'a token of ours', createdAt: unixMillis(0) } },
    );
    const headers = { 'x-token': 'a token of ours', 'x-type': name, 'x-id': name, [name]: 'a' };

    expect(await receiver.receive(requestOf(`{"${name}":1}`, headers), now)).toMatchObject({
      kind: 'accepted',
      events: [{ id: name, type: name }],
    });
  });

  it('an inherited name is not a parameter, tenant or source of the management API', async () => {
    const { call, problems } = managementWorld();
    const paths = [
      `/v1/${name}`,
      `/v1/tenants/acme/endpoints/${name}`,
      `/v1/event-types/${name}`,
      `/v1/sources/${name}/events`,
    ];
    for (const path of paths) {
      const { status } = await call('GET', path, undefined, { query: { [name]: 'a' } });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
    expect(problems).toEqual([]);
  });
});

it('a source named constructor has its own declared handlers, and no others', async () => {
  const settings = sourceSettings({ name: 'constructor' });
  const { runs, handlers } = scripted(succeed, succeed);
  const world = inboundWorld(handlers, settings);
  world.send(stripeMessage('evt_1', { source: 'constructor' }));
  await world.turn();
  expect(runs).toEqual(['evt_1 1']);

  Reflect.deleteProperty(world.team.handlers, 'constructor');
  world.send(stripeMessage('evt_2', { source: 'constructor' }));
  await world.turn();
  expect(world.inboundEvents.records.get('constructor#evt_2')).toMatchObject({ status: 'ignored' });
  expect(world.deadLetters).toEqual([]);
});
