import { setTimeout as pause } from 'node:timers/promises';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { expect, it } from 'vitest';
import { type Answer, startEndpoint, statuses } from './support/endpoint.ts';
import { describeFlow } from './support/local-stack.ts';
import { publisher } from './support/publisher.ts';
import { tenantsOf } from './support/tenants.ts';

const newId = (): string => `evt_${crypto.randomUUID()}`;

/** One byte of the response head a second, for ever. */
const dripHead: Answer = async (response) => {
  const { socket } = response;
  for (const char of `HTTP/1.1 200 OK\r\nx-pad: ${'a'.repeat(1000)}`) {
    if (socket === null || socket.destroyed) return;
    socket.write(char);
    await pause(1000);
  }
};

/** 200 at once, then a byte of the body a second, for ever. */
const dripBody: Answer = async (response) => {
  response.writeHead(200);
  while (!response.destroyed) {
    response.write('a');
    await pause(1000);
  }
};

/** 200 and then 1 GB, as fast as they are taken. */
const flood: Answer = async (response) => {
  response.writeHead(200);
  const chunk = Buffer.alloc(1_000_000, 'a');
  for (let sent = 0; sent < 1_000 && !response.destroyed; sent++) {
    if (!response.write(chunk))
      await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
  }
};

describeFlow('A published event', (stack) => {
  const app = publisher(stack);
  const { create, publish, until } = tenantsOf(stack);

  it.concurrent('a published event is delivered after 503, 503, 200, with every attempt in its log, on schedule', async () => {
    using endpoint = await startEndpoint(statuses(503, 503, 200));
    const id = newId();

    await app.publish(id, endpoint.url);

    const delivery = await app.ends(id, 'delivered');
    expect(delivery).toMatchObject({ attempts: 3, eventId: id });
    expect(delivery['attemptLog']).toMatchObject([
      { n: 1, status: 503, ms: expect.any(Number), at: expect.any(Number) },
      { n: 2, status: 503 },
      { n: 3, status: 200 },
    ]);
    const [first = 0, second = 0, third = 0] = endpoint.requests.map(({ at }) => at);
    // 2 s and 4 s, ±20 %, rounded up; the queue's own lateness is allowed for.
    expect(second - first).toBeGreaterThanOrEqual(1_600);
    expect(second - first).toBeLessThan(8_000);
    expect(third - second).toBeGreaterThanOrEqual(3_200);
    expect(third - second).toBeLessThan(10_000);
  });

  it.concurrent('a published event is signed so that standardwebhooks and svix verify it, with the same bytes each time', async () => {
    using endpoint = await startEndpoint(statuses(500, 200));
    const id = newId();
    const data = '{"big":12345678901234567890,"exact":1.0,"text":"Zoë 🎉"}';

    await app.send(
      `{"id":"${id}","type":"invoice.paid","data":${data},"endpoint":{"id":"of-${id}","url":"${endpoint.url}"}}`,
    );
    await app.ends(id, 'delivered');

    const [one, two] = endpoint.requests;
    const secret = await stack.signingSecret();
    expect(one?.body).toBe(two?.body);
    expect(one?.body).toContain(`"data":${data}`);
    expect(one?.headers).toMatchObject({
      'webhook-id': id,
      'x-webhook-id': id,
      'content-type': 'application/json',
    });
    for (const { body, headers } of endpoint.requests) {
      expect(() => new StandardWebhook(secret).verify(body, headers)).not.toThrow();
      expect(() => new SvixWebhook(secret).verify(body, headers)).not.toThrow();
    }
  });

  it.concurrent.each([404, 410])(
    'a published event that is answered %i fails after one attempt and is in the undelivered queue',
    async (status) => {
      using endpoint = await startEndpoint(statuses(status));
      const id = newId();

      await app.publish(id, endpoint.url);

      expect(await app.ends(id, 'failed')).toMatchObject({ attempts: 1, lastError: expect.any(String) });
      expect(await app.deadLetter(id)).toMatchObject({
        kind: 'delivery',
        attempts: 1,
        reason: expect.any(String),
        cause: status === 410 ? 'gone' : 'refused',
        host: new URL(endpoint.url).host,
      });
      const ours = await stack.peek(stack.outputs.dlqs.delivery);
      expect(ours.filter((body) => body.includes(id) || body.includes(app.idOf(id)))).toEqual([]);
      expect(endpoint.requests).toHaveLength(1);
    },
  );

  it.concurrent('a published event is retried when the endpoint never responds, or never finishes its head', async () => {
    const silent: Answer = (response, nth) => {
      if (nth > 1) response.end();
    };
    const dripping: Answer = (response, nth, request) =>
      nth > 1 ? void response.end() : dripHead(response, nth, request);
    using quiet = await startEndpoint(silent);
    using slow = await startEndpoint(dripping);
    const tenant = `t-${crypto.randomUUID()}`;
    const id = newId();
    // Shorter than the 5 s after which a request is cut.
    const timeout = { timeout: 3 };
    await Promise.all([
      create(tenant, 'quiet', quiet.url, timeout),
      create(tenant, 'slow', slow.url, timeout),
    ]);

    await publish(tenant, id);

    for (const endpointId of ['quiet', 'slow']) {
      const delivery = await until(tenant, id, endpointId, 'delivered');
      expect(delivery).toMatchObject({ attempts: 2 });
      expect(delivery['attemptLog']).toMatchObject([
        { n: 1, error: expect.any(String) },
        { n: 2, status: 200 },
      ]);
    }
  });

  it.concurrent('a published event is delivered when the endpoint answers 200 with a slow or endless body', async () => {
    using dripping = await startEndpoint(dripBody);
    using flooding = await startEndpoint(flood);
    const [one, two] = [newId(), newId()];

    await Promise.all([app.publish(one, dripping.url), app.publish(two, flooding.url)]);

    expect(await app.ends(one, 'delivered')).toMatchObject({ attempts: 1 });
    expect(await app.ends(two, 'delivered')).toMatchObject({ attempts: 1 });
  });

  it.concurrent('a published event waits as long as Retry-After asks', async () => {
    using endpoint = await startEndpoint((response, nth) => {
      response.writeHead(nth === 1 ? 429 : 200, { 'retry-after': '5' }).end();
    });
    const id = newId();

    await app.publish(id, endpoint.url);
    await app.ends(id, 'delivered');

    const [first, second] = endpoint.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(5_000);
  });

  it.concurrent('a published event does not follow a redirect', async () => {
    using elsewhere = await startEndpoint(statuses(200));
    using endpoint = await startEndpoint(
      (response) => void response.writeHead(302, { location: elsewhere.url }).end(),
    );
    const id = newId();

    await app.publish(id, endpoint.url);

    expect(await app.ends(id, 'failed')).toMatchObject({ attempts: 1 });
    expect(elsewhere.requests).toEqual([]);
  });

  it.concurrent('a published event with one id is one event, even if it is published twice, or directly to the queue', async () => {
    using endpoint = await startEndpoint(statuses(200));
    const id = newId();

    await Promise.all([app.publish(id, endpoint.url), app.publish(id, endpoint.url)]);
    await app.ends(id, 'delivered');
    await app.publish(id, endpoint.url, { amount: 'another' });
    await pause(5_000);

    expect(endpoint.requests).toHaveLength(1);
    expect(await stack.outboundEvent(id)).toMatchObject({ eventType: expect.any(String) });
  });

  it.concurrent('a published event with a payload in the bucket sends the same bytes on every attempt', async () => {
    using endpoint = await startEndpoint(statuses(503, 200));
    const id = newId();
    const data = { text: 'é'.repeat(20_000) };

    await app.publish(id, endpoint.url, data);
    await app.ends(id, 'delivered');

    const bodies = endpoint.requests.map(({ body }) => body);
    expect(bodies).toHaveLength(2);
    expect(new Set(bodies).size).toBe(1);
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ data });
  });

  it.concurrent('a malformed event, or one without a destination, goes to the publish DLQ, naming the field', async () => {
    const mark = crypto.randomUUID();

    await app.send(JSON.stringify({ type: 7, data: { mark } }));
    await app.send(JSON.stringify({ type: 'a.b', data: { mark } }));

    await app.publishDeadLetters(mark, 2, (reasons) => {
      expect(reasons.some((reason) => reason.includes('type'))).toBe(true);
      expect(reasons.some((reason) => /endpoint|addresses/.test(reason))).toBe(true);
    });
  });
});
