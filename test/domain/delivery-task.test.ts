import { describe, expect, it } from 'vitest';
import {
  DeliveryTask,
  deliveryDeadLetter,
  endpointHash,
  taskDeadLetter,
  taskMessage,
} from '../../lambdas/domain/delivery-task.ts';
import { asEndpointId, asTenantId } from '../../lambdas/domain/ids.ts';
import { maxMessageBytes, parseMessage } from '../../lambdas/domain/messages.ts';
import { seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { deliveryIdOf } from '../support/fixtures/ids.ts';

const at = unixMillis(Date.UTC(2026, 10, 25, 12));
const deliveryId = deliveryIdOf('acme', 'inv-42', 'prod');
const prod = { tenant: asTenantId('acme'), endpointId: asEndpointId('prod') };
const registered = { ...prod, generation: 'g1' };
const direct = { ...prod, url: 'https://acme.example/hooks' };
const address = { tenant: 'acme', endpointId: 'prod' };

describe('the task of a delivery', () => {
  it('the task of a delivery says which attempt of which delivery to make, and for which endpoint', () => {
    const { body, delay } = taskMessage({ deliveryId, attempt: 2, payload: '{}' }, registered, seconds(60));

    expect(JSON.parse(body)).toEqual({
      v: 1,
      deliveryId,
      attempt: 2,
      payload: '{}',
      ...address,
      generation: 'g1',
    });
    expect(delay).toBe(60);
    expect(parseMessage(DeliveryTask, 'delivery task', body)).toMatchObject({ deliveryId, attempt: 2 });
  });

  it('the task of a delivery to a URL says that its endpoint is not registered, and not the URL', () => {
    const { body } = taskMessage({ deliveryId, attempt: 1 }, direct);

    expect(JSON.parse(body)).toEqual({ v: 1, deliveryId, attempt: 1, ...address, isDirect: true });
  });

  it('the task of a delivery is in the group of its endpoint', () => {
    const { groupId } = taskMessage({ deliveryId, attempt: 1 }, registered);

    // printf '["acme","prod"]' | sha256sum
    expect(groupId).toBe('ccbb31e48cdd9eab5f6b06fe3cca308df1ebfac115a3791eda217c8e904fefea');
    expect(groupId).toBe(endpointHash(direct));
  });
});

describe('the dead letter of a delivery', () => {
  const givenUp = {
    ...registered,
    id: deliveryId,
    attempts: 3,
    eventType: 'invoice.paid',
    host: 'acme.example',
  };

  it('the dead letter of a delivery has the task of its next attempt', () => {
    const { queue, body } = deliveryDeadLetter(givenUp, { cause: 'exhausted', reason: 'answered 503' }, at);
    const { message, ...letter } = JSON.parse(body);

    expect(queue).toBe('undelivered');
    expect(letter).toEqual({
      v: 1,
      kind: 'delivery',
      id: deliveryId,
      reason: 'answered 503',
      at,
      attempts: 3,
      cause: 'exhausted',
      ...address,
      eventType: 'invoice.paid',
      host: 'acme.example',
    });
    expect(JSON.parse(message)).toEqual({ v: 1, deliveryId, attempt: 4, ...address, generation: 'g1' });
  });

  it('the dead letter of a delivery without a cause rings the alarm', () => {
    expect(deliveryDeadLetter(givenUp, { reason: 'unknown' }, at).queue).toBe('delivery');
  });
});

describe('the dead letter of a task', () => {
  const malformed = { id: 'm-1', cause: 'malformed', reason: 'not JSON' } as const;

  it('the dead letter of a task has the whole message, and its endpoint', () => {
    const task = { v: 1, deliveryId, ...prod, attempt: 3 } as const;
    const { queue, body } = taskDeadLetter('text', { ...malformed, task }, at);

    expect(queue).toBe('delivery');
    expect(JSON.parse(body)).toEqual({
      ...malformed,
      v: 1,
      kind: 'delivery',
      at,
      attempts: 2,
      message: 'text',
      ...address,
    });
  });

  it('the dead letter of a text that is no task has no attempts and no endpoint', () => {
    const letter = JSON.parse(taskDeadLetter('text', malformed, at).body);

    expect(letter).toMatchObject({ id: 'm-1', attempts: 0 });
    expect(letter).not.toHaveProperty('tenant');
  });

  it('the dead letter of a text that does not fit into an envelope is the text, to the byte', () => {
    const room = maxMessageBytes - taskDeadLetter('', malformed, at).body.length;
    const fits = taskDeadLetter('x'.repeat(room), malformed, at);
    const tooLong = taskDeadLetter('x'.repeat(room + 1), malformed, at);

    expect(fits.body).toHaveLength(maxMessageBytes);
    expect(tooLong).toEqual({ queue: 'delivery', body: 'x'.repeat(room + 1) });
  });
});
