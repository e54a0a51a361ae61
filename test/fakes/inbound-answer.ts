import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { ReceiveResult } from '../../lambdas/inbound/reception.ts';

/** What the provider gets to see, and what the queue gets. */
export function answerOf(reception: ReceiveResult, { answer }: Provider, request: RawRequest) {
  if (reception.kind === 'refused') return { status: reception.status, reason: reception.reason };
  if (reception.kind === 'handshake')
    return { status: reception.answer.status, answer: reception.answer.body, handshake: true };
  const own = typeof answer === 'function' ? answer(request) : answer;
  return {
    status: own?.status ?? 200,
    answer: own?.body,
    ids: reception.events.map(({ id }) => id),
    types: reception.events.map(({ type }) => type),
    bodies: reception.events.map(({ body }) => Buffer.from(body).toString()),
  };
}
