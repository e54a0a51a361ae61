import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { functionLog } from '../../../lambdas/adapters/telemetry/function-log.ts';
import { plainLog } from '../../../lambdas/adapters/telemetry/plain-log.ts';
import { outputLines } from '../../support/worlds/output-lines.ts';

type Log = ReturnType<ReturnType<typeof plainLog>['log']>;

/** The lines that a log of Powertools writes to the console. */
function consoleLines(write: (log: Log) => void): unknown[] {
  const lines: unknown[] = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    const spy = vi.spyOn(console, level).mockImplementation((text) => void lines.push(JSON.parse(text)));
    onTestFinished(() => void spy.mockRestore());
  }
  write(functionLog().log({ source: 'stripe', correlationId: 'c' }));
  return lines;
}

afterEach(() => void vi.useRealTimers());

it('a plain log writes the same lines as the log of Powertools, errors and their causes among them', () => {
  vi.useFakeTimers({ now: 1_795_000_000_000 });
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  onTestFinished(() => void vi.unstubAllEnvs());
  const cause = Object.assign(new TypeError('why'), { code: 'E' });
  const failure = new Error('what', { cause });
  const bare = Object.assign(new Error('bare'), { stack: undefined });
  const write = (log: Log): void => {
    log.info('event.received', { eventId: 'evt_1', events: undefined, empty: '' });
    log.warn('event.received', { reason: 'mismatch', bytes: 2 });
    log.error('event.received', { reason: 'why' }, failure);
    log.error('event.received', {}, bare);
    log.error('event.received');
  };
  const lines = outputLines();

  write(plainLog().log({ source: 'stripe', correlationId: 'c' }));

  expect(lines.map((line) => JSON.parse(line))).toEqual(consoleLines(write));
  expect(lines[0]).toBe(
    '{"level":"INFO","message":"event.received","timestamp":"2026-11-18T11:06:40.000Z","source":"stripe","correlationId":"c","eventId":"evt_1"}',
  );
});

it('a plain log writes its line although an error cannot be written', () => {
  const own: Error & { self?: unknown } = new Error('own');
  own.self = own;
  const lines = outputLines();

  plainLog().log({ status: 'unavailable' }).error('event.received', {}, own);

  expect(lines[0]).toContain('"status":"unavailable","error":{"message":"an error that cannot be written"}');
});
