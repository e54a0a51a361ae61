import { randomUUID } from 'node:crypto';
import type { Handlers } from '../../lambdas/domain/handler.ts';
import { providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { ConsumeInvocation } from '../../lambdas/inbound/attempt.ts';
import { consume } from '../../lambdas/inbound/consume.ts';
import { receive } from '../../lambdas/inbound/receive.ts';
import type { ReceiveResult } from '../../lambdas/inbound/receive-result.ts';
import { givenKeys } from '../../verify/given-keys.ts';
import { testSecret } from '../signing/test-secret.ts';
import type { TestClock } from './clock.ts';
import { sourceSettingsOf, type TestSource } from './settings.ts';
import { sourcePorts } from './source-ports.ts';
import { type HandlerCall, watchedHandlers } from './watched-handlers.ts';

/** How the handling of one event ended, once. */
export interface HandlerRun {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /**
   * `processed`: the handler succeeded. `retrying`: it threw, and runs again. `failed`: for good. `ignored`: there is no
   * handler. `duplicate`: the event was handled before.
   */
  readonly status: string;
  /** The event type or pattern of the handler that ran; undefined if none did. */
  readonly handler?: string;
  /** Counted from 1; undefined if no handler ran. */
  readonly attempt?: number;
  /** What the handler got. */
  readonly event?: HandlerCall['event'];
  /** What the handler threw. */
  readonly error?: unknown;
}

/** One source of a Hookline in memory: the real receiver and consumer, with a table, a bucket and queues in memory. */
export function sourceInMemory(
  name: string,
  given: TestSource,
  handlers: Handlers | undefined,
  clock: TestClock,
) {
  const provider = providerOf({ ...given, name });
  const settings = sourceSettingsOf(name, given, provider);
  const source = { settings, provider };
  const secret = given.secret ?? testSecret(given.provider).secret;
  givenKeys(given.provider, provider, [secret], clock.now());
  const memory = sourcePorts(source, secret, clock);
  const { queue, report, deadLetters } = memory;
  const calls: HandlerCall[] = [];
  const watched = handlers && watchedHandlers(name, handlers, (call) => calls.push(call));
  const team = { sources: new Map([[name, source]]), handlers: watched ? { [name]: watched } : {} };
  let requests = 0;

  /** Works off what is visible now. */
  async function workOff(): Promise<HandlerRun[]> {
    const [linesBefore, callsBefore] = [report.lines.length, calls.length];
    for (let batch = queue.receive(10); batch.length > 0; batch = queue.receive(10)) {
      const { failedMessageIds } = await consume(batch, newInvocation(), team, memory.consumePorts);
      for (const { messageId } of batch)
        if (!failedMessageIds.includes(messageId)) queue.messages.delete(messageId);
    }
    return runsIn(name, report.lines.slice(linesBefore), calls.slice(callsBefore));
  }

  return {
    provider,
    deadLetters,
    lines: report.lines,
    receive: (request: RawRequest): Promise<ReceiveResult> =>
      receive(request, source, `request-${++requests}`, clock.now(), memory.receivePorts),
    workOff,
    nextVisibleAt: queue.nextVisibleAt,
  };
}

const newInvocation = (): ConsumeInvocation => ({
  id: randomUUID(),
  signal: new AbortController().signal,
  graceOver: new Promise<void>(() => undefined),
  hasTime: () => true,
});

interface Line {
  readonly line: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads how events ended from the log lines that say it, with the calls of their handlers. */
function runsIn(source: string, lines: readonly Line[], calls: readonly HandlerCall[]): HandlerRun[] {
  const open = [...calls];
  return lines
    .filter(({ line }) => line === 'event.consumed')
    .map(({ fields }) => {
      const [id, type, status] = [fields['eventId'], fields['eventType'], fields['status']].map(String);
      const hasRun = status !== 'duplicate' && status !== 'ignored';
      const at = hasRun ? open.findIndex(({ event }) => event.id === id) : -1;
      const [call] = at < 0 ? [] : open.splice(at, 1);
      const attempt = call && Number(fields['attempt'] ?? 1);
      const { declaredAs: handler, event, error } = call ?? {};
      return { source, id: id ?? '', type: type ?? '', status: status ?? '', handler, attempt, event, error };
    });
}
