import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { rawLine, readableEmulatorLine, readableLine } from '../../local/log-line.ts';

const at = Date.parse('2026-11-25T03:00:00Z');
const readable = (text: string): string | undefined => {
  const line = readableLine({ from: 'consume-stripe', at, text });
  // The clock shows local time, so the tests leave it out.
  return line === undefined ? undefined : stripVTControlCharacters(line).replace(/^\d\d:\d\d:\d\d /, '');
};

test('a wide line is shown as its name and its fields, without those that are useless on a laptop', () => {
  const line = {
    level: 'INFO',
    message: 'event.consumed',
    timestamp: '2026-11-25T03:00:00.123Z',
    service: 'consume',
    sampling_rate: 0,
    xray_trace_id: '1-2',
    eventId: 'evt_1',
    durationMs: 12,
    reason: 'two words',
  };

  expect(readable(JSON.stringify(line))).toBe(
    'consume          event.consumed eventId=evt_1 durationMs=12 reason="two words"',
  );
});

test('an error is shown with its name, message and stack', () => {
  const error = {
    name: 'TypeError',
    message: 'no such thing',
    stack: 'TypeError: no such thing\n    at handle (a.ts:1)',
  };

  expect(readable(JSON.stringify({ level: 'ERROR', message: 'handler.failed', service: 's', error }))).toBe(
    's                handler.failed TypeError: no such thing\n    at handle (a.ts:1)',
  );
});

test("a handler's own console.log is shown as it was printed", () => {
  expect(readable('paid 12 EUR\n')).toBe('consume-stripe   paid 12 EUR');
  expect(readable('{"half": 1')).toBe('consume-stripe   {"half": 1');
  expect(readable('{"free":"form"}')).toBe('consume-stripe   {"free":"form"}');
});

test("metrics and the platform's own lines are not shown", () => {
  expect(readable('{"_aws":{"CloudWatchMetrics":[]},"a":1}')).toBeUndefined();
  expect(readable('START RequestId: 1 Version: $LATEST')).toBeUndefined();
  expect(readable('END RequestId: 1')).toBeUndefined();
  expect(readable('(node:12) [DEP0169] DeprecationWarning: `url.parse()` behavior')).toBeUndefined();
  expect(readable('REPORT RequestId: 1\tDuration: 46 ms')).toBeUndefined();
});

const evil = 'a\u001b]0;x\u0007\u009b2Jb';
const harmless = 'a\\u001b]0;x\\u0007\\u009b2Jb';

test('control characters are shown as escapes anywhere in a line', () => {
  const error = { name: evil, message: evil, stack: `Error\n    at ${evil}` };
  const line = { level: 'ERROR', message: evil, service: evil, [evil]: evil, two: `${evil} ${evil}`, error };

  const shown = readableLine({ from: 'consume', at, text: JSON.stringify(line) }) ?? '';

  expect(stripVTControlCharacters(shown).split(harmless)).toHaveLength(10);
  expect(readable(evil)).toBe(`consume-stripe   ${harmless}`);
  expect(rawLine({ from: 'deliver', at, text: evil })).toBe(`deliver ${harmless}`);
  expect(readableEmulatorLine(`2026-11-25 03:40:53 ERROR [lambda] ${evil}`)).toContain(harmless);
});

test('--verbose shows the line unchanged, and its function', () => {
  expect(rawLine({ from: 'deliver', at, text: '{"a":1}\n' })).toBe('deliver {"a":1}');
});

test('the emulator’s own log shows only errors, and functions that failed', () => {
  const told = (line: string): string => stripVTControlCharacters(readableEmulatorLine(line) ?? 'nothing');

  expect(told('2026-11-25 03:40:53 ERROR [lambda] worker died')).toBe(
    '03:40:53 emulator         worker died',
  );
  expect(told('2026-11-25 03:40:53 WARNING [lambda] ESM: failed')).toBe(
    '03:40:53 emulator         ESM: failed',
  );
  expect(told('2026-11-25 03:40:53 WARNING [sqs] long poll')).toBe('nothing');
  expect(told('Traceback (most recent call last):')).toBe('nothing');
});
