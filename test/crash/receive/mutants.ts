import { parseKey } from '../../../lambdas/domain/signature/key.ts';
import type { OutgoingEvent } from '../../../lambdas/inbound/ports.ts';
import type { ReceivePorts } from '../../../lambdas/inbound/receive.ts';
import type { Mistake } from './scenario.ts';
import { forgersKey } from './scenarios.ts';

/** The message goes first, then its body. */
const enqueuesBeforeTheBody: Mistake = ({ enqueue, putBody }) => {
  const waiting: (() => Promise<void>)[] = [];
  return {
    putBody: async (key, bytes) => void waiting.push(() => putBody(key, bytes)),
    async enqueue(messages) {
      await enqueue(messages);
      for (const put of waiting.splice(0)) await put();
    },
  };
};

/** The answer does not wait for the queue. */
const answersBeforeTheQueue: Mistake = ({ enqueue }) => ({
  enqueue: async (messages) => void enqueue(messages).catch(() => undefined),
});

/** The answer does not wait for the bucket. */
const ignoresTheBucket: Mistake = ({ putBody }) => ({
  putBody: (key, bytes) => putBody(key, bytes).catch(() => undefined),
});

/** A part of a batch that was refused counts as sent. */
const acceptsAPartOfABatch: Mistake = ({ enqueue }) => ({
  enqueue: (messages) =>
    enqueue(messages).catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'PartialSendError') throw error;
    }),
});

/** A token is used up, also by the same body that comes again. */
const refusesATokenThatWasSeen: Mistake = ({ useOnce }) => ({
  useOnce: (token, fingerprint, now) => useOnce(token, `${fingerprint} at ${now}`, now),
});

/** A token that cannot be noted counts as new. */
const ignoresTheTableOfTokens: Mistake = ({ useOnce }) => ({
  useOnce: (...asked) => useOnce(...asked).catch(() => true),
});

/** A request whose key cannot be read is checked with another one. */
const verifiesWithADefaultKey: Mistake = ({ keys }) => {
  const key = parseKey(forgersKey, 'text');
  const found = { kind: 'keys', keys: key === undefined ? [] : [key] } as const;
  return { keys: { ...keys, current: (now) => keys.current(now).catch(() => found) } };
};

/** A redelivery is another event. */
const namesEventsByTheirRequest: Mistake = ({ enqueue }) => ({
  enqueue: (messages) => enqueue(messages.map(renamed)),
});

function renamed(message: OutgoingEvent): OutgoingEvent {
  const parsed: { id: string; correlationId: string } = JSON.parse(message.body);
  return { ...message, body: JSON.stringify({ ...parsed, id: `${parsed.id} ${parsed.correlationId}` }) };
}

export const mistakes = {
  'enqueues a message before its body': enqueuesBeforeTheBody,
  'answers before the queue has the event': answersBeforeTheQueue,
  'ignores an error of the bucket': ignoresTheBucket,
  'accepts a batch of which the queue took a part': acceptsAPartOfABatch,
  'refuses a token that came with the same body': refusesATokenThatWasSeen,
  'ignores an error of the table of tokens': ignoresTheTableOfTokens,
  'checks with a default key when the secret cannot be read': verifiesWithADefaultKey,
  'names events by their request': namesEventsByTheirRequest,
} satisfies Readonly<Record<string, (ports: ReceivePorts) => Partial<ReceivePorts>>>;
