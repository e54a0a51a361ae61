import { expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';
import { type NamedSource, postSigned } from './support/senders.ts';

describeFlow('A handler', (stack) => {
  async function send(id: string, source: NamedSource = 'plain', type = 'thing.done'): Promise<void> {
    const answer = await postSigned(stack, source, { id, type }, JSON.stringify({ id }));
    expect(answer.status).toBe(200);
  }

  const ends = (id: string, status: string, source = 'plain') =>
    eventually(
      `${source}#${id} to be ${status}`,
      async () => {
        const record = await stack.inboundEvent(source, id);
        return record?.['status'] === status && record;
      },
      { seconds: 200 },
    );

  const deadLetter = (id: string, source: NamedSource = 'plain') =>
    eventually(`a dead letter of ${id}`, async () => {
      const letters = await stack.peek(stack.outputs.dlqs.inbound[source] ?? '');
      return letters.map((body) => JSON.parse(body)).find((letter) => letter.id === `${source}#${id}`);
    });

  it.concurrent('a handler that throws twice and then succeeds leaves a processed event with 3 attempts', async () => {
    const id = crypto.randomUUID();
    await stack.behave(id, 'throw', 'throw', 'succeed');

    await send(id);

    const record = await ends(id, 'processed');
    expect(record).toMatchObject({ attempts: 3 });
    expect((await stack.handlerCalls(id)).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  it.concurrent('a handler that throws before a long wait runs again from a new message, not early', async () => {
    const id = crypto.randomUUID();
    await stack.behave(id, 'throw', 'succeed');

    await send(id, 'quiet', 'heard.it');

    const waiting = await ends(id, 'retrying', 'quiet');
    expect(waiting).toMatchObject({ attempts: 1, sentBack: true });
    const record = await ends(id, 'processed', 'quiet');
    expect(record).toMatchObject({ attempts: 2 });
    expect(Number(record['processedAt'])).toBeGreaterThanOrEqual(Number(waiting['dueAt']));
    expect((await stack.handlerCalls(id)).map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it.concurrent('a handler that always throws leaves a failed event in the DLQ, with its last error on the record', async () => {
    const id = crypto.randomUUID();
    await stack.behave(id, 'throw');

    await send(id);

    expect(await ends(id, 'failed')).toMatchObject({ attempts: 4, lastError: 'Error: the test says: throw' });
    expect(await deadLetter(id)).toMatchObject({
      v: 1,
      kind: 'inbound',
      reason: 'Error: the test says: throw',
      attempts: 4,
    });
  });

  it.concurrent('a handler that throws PermanentFailure ends at once', async () => {
    const id = crypto.randomUUID();
    await stack.behave(id, 'permanent');

    await send(id);

    expect(await ends(id, 'failed')).toMatchObject({ attempts: 1 });
    expect(await deadLetter(id)).toMatchObject({ attempts: 1 });
  });

  it.concurrent('a handler that always kills its process leaves an event in the DLQ, and no other event of its batch', async () => {
    const [killer, ...healthy] = Array.from({ length: 4 }, () => crypto.randomUUID());
    await stack.behave(killer ?? '', 'exit');

    await Promise.all([killer ?? '', ...healthy].map((id) => send(id, 'deadly')));

    await Promise.all(healthy.map((id) => ends(id, 'processed', 'deadly')));
    expect(await ends(killer ?? '', 'failed', 'deadly')).toMatchObject({
      lastError: expect.stringContaining('no outcome: worker died or timed out'),
    });
    expect(await deadLetter(killer ?? '', 'deadly')).toMatchObject({
      reason: expect.stringContaining('no outcome'),
    });
  }, 300_000);

  it.concurrent('a handler whose process dies once runs again, and its event is processed', async () => {
    const id = crypto.randomUUID();
    await stack.behave(id, 'exit', 'succeed');

    await send(id, 'mortal');

    expect(await ends(id, 'processed', 'mortal')).toMatchObject({ attempts: 2 });
  });

  it.concurrent('a handler that never settles is ended with its process, and its event is retried', async () => {
    const id = crypto.randomUUID();
    await stack.behave(id, 'hang', 'succeed');

    await send(id, 'hanging');

    expect(await ends(id, 'processed', 'hanging')).toMatchObject({ attempts: 2 });
  });

  it.concurrent('a missing handler leaves its event ignored, with its body kept', async () => {
    const id = crypto.randomUUID();

    await send(id, 'quiet', 'unheard');

    expect(await ends(id, 'ignored', 'quiet')).toMatchObject({ keptDay: expect.stringContaining('quiet#') });
  });
});
