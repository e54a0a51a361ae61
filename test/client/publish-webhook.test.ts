import { type SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { PublishError, publishWebhook, type WebhookEvent } from '../../client/publish-webhook.ts';
import { openPublication } from '../../lambdas/domain/publish-message.ts';

const endpoint = { id: 'acme', url: 'https://acme.example/hooks' };
const eventOf = (n: number, more: object = {}): WebhookEvent => ({
  type: 'invoice.paid',
  data: { n, ...more },
  endpoint,
});

/** A queue with programmed responses: how many of the entries it accepts, or an error. */
function queueThat(...answers: (number | Error)[]) {
  const calls: { id: string; text: string }[][] = [];
  const send = async ({ input }: SendMessageBatchCommand) => {
    const answer = answers[calls.length] ?? 10;
    const entries = (input.Entries ?? []).map(({ Id = '', MessageBody = '' }) => ({
      id: Id,
      text: MessageBody,
    }));
    calls.push(entries);
    if (answer instanceof Error) throw answer;
    return {
      Successful: entries.slice(0, answer).map(({ id }) => ({ Id: id })),
      Failed: entries.slice(answer).map(({ id }) => ({ Id: id, Code: 'Throttled', Message: 'slow down' })),
    };
  };
  const sqs = new SQSClient({ region: 'eu-central-1' });
  vi.spyOn(sqs, 'send').mockImplementation(send as never);
  return { sqs, calls, ids: () => calls.flat().map(({ text }) => JSON.parse(text).id) };
}

describe('publishWebhook', () => {
  it('publishWebhook sends ten at a time, and every message is one that the stack understands', async () => {
    const { sqs, calls, ids } = queueThat();
    const published = await publishWebhook(
      sqs,
      'queue',
      Array.from({ length: 23 }, (_, n) => eventOf(n)),
    );

    expect(calls.map((entries) => entries.length)).toEqual([10, 10, 3]);
    expect(published).toEqual(ids());
    expect(new Set(published).size).toBe(23);
    for (const { text } of calls.flat()) {
      expect(openPublication({ text, messageId: 'm' })).toMatchObject({ kind: 'publication' });
    }
  });

  it('publishWebhook sends fewer at a time when the events are large, and refuses one that is too large', async () => {
    const large = { text: 'x'.repeat(400_000) };
    const { sqs, calls } = queueThat();
    await publishWebhook(sqs, 'queue', [eventOf(1, large), eventOf(2, large), eventOf(3, large)]);

    expect(calls.map((entries) => entries.length)).toEqual([2, 1]);
    await expect(publishWebhook(sqs, 'queue', [eventOf(1, { text: 'x'.repeat(1_100_000) })])).rejects.toThrow(
      RangeError,
    );
  });

  it('publishWebhook escapes the two characters that SQS refuses, and counts them so', async () => {
    const { sqs, calls } = queueThat();
    await publishWebhook(sqs, 'queue', [eventOf(1, { note: '\ufffe\uffff\ufffd' })]);
    const text = calls[0]?.[0]?.text ?? '';

    expect(text).toContain('"\\ufffe\\uffff\ufffd"');
    expect(JSON.parse(text).data.note).toBe('\ufffe\uffff\ufffd');
    // 3 bytes each unescaped, 6 as they are sent.
    const tooLarge = eventOf(1, { text: '\uffff'.repeat(200_000) });
    await expect(publishWebhook(sqs, 'queue', [tooLarge])).rejects.toThrow(RangeError);
  });

  it('publishWebhook retries messages that SQS refused, under the same ids', async () => {
    const { sqs, calls, ids } = queueThat(1, new Error('no answer'));
    const published = await publishWebhook(sqs, 'queue', [
      eventOf(1),
      eventOf(2),
      { ...eventOf(3), id: 'own' },
    ]);

    expect(calls.map((entries) => entries.length)).toEqual([3, 2, 2]);
    expect(new Set(ids())).toEqual(new Set(published));
    expect(published[2]).toBe('own');
  });

  it('publishWebhook returns the events that it could not publish, with ids', async () => {
    const failure = new Error('no answer');
    const { sqs } = queueThat(10, failure, failure, failure, failure);
    const error = await publishWebhook(
      sqs,
      'queue',
      Array.from({ length: 12 }, (_, n) => eventOf(n)),
    ).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(PublishError);
    expect(error instanceof PublishError && error.unpublished.map(({ data }) => data)).toEqual([
      { n: 10 },
      { n: 11 },
    ]);
    expect(error instanceof PublishError && error.unpublished.every(({ id }) => id.length > 0)).toBe(true);
    expect(error instanceof Error && error.cause).toBe(failure);
  }, 15_000);

  it('publishWebhook publishes nothing for an empty list', async () => {
    const { sqs, calls } = queueThat();

    expect(await publishWebhook(sqs, 'queue', [])).toEqual([]);
    expect(calls).toEqual([]);
  });
});
