import { styleText } from 'node:util';
import * as v from 'valibot';
import { parseJson } from '../lambdas/domain/json.ts';
import { plainText } from './plain-text.ts';

/** One line that a function printed. */
export interface FunctionLine {
  /** The function, by its log group's name. */
  readonly from: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly text: string;
}

/** The fields of a log line that are shown elsewhere in it, or that are useless on a laptop. */
const hidden = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'sampling_rate',
  'xray_trace_id',
  'cold_start',
  'coldStart',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'error',
]);

const LogLine = v.looseObject({
  level: v.string(),
  message: v.string(),
  timestamp: v.optional(v.string()),
  service: v.optional(v.string()),
  error: v.optional(
    v.looseObject({
      name: v.optional(v.string()),
      message: v.optional(v.string()),
      stack: v.optional(v.string()),
    }),
  ),
});
type LogLine = v.InferOutput<typeof LogLine>;

/**
 * Formats a function's line for people.
 *
 * @returns undefined for metrics, and for the platform's START, END and REPORT
 */
export function readableLine(line: FunctionLine): string | undefined {
  if (isPlatformLine(line.text) || isEmulatorsOwn(line.text)) return undefined;
  const parsed = parseJson(line.text);
  if (typeof parsed === 'object' && parsed !== null && '_aws' in parsed) return undefined;
  const log = v.safeParse(LogLine, parsed);
  if (!log.success) return `${clock(line.at)} ${styleText('dim', pad(line.from))} ${textOf(line)}`;
  return structuredLine(line, log.output);
}

function structuredLine(line: FunctionLine, log: LogLine): string {
  const at = log.timestamp === undefined ? line.at : Date.parse(log.timestamp);
  const fields = Object.entries(log)
    .filter(([name, value]) => !hidden.has(name) && value !== undefined && value !== '')
    .map(([name, value]) => `${styleText('dim', `${plainText(name)}=`)}${shown(value)}`);
  const failure = log.error === undefined ? [] : [styleText('red', describeError(log.error))];
  const parts = [
    clock(at),
    pad(plainText(log.service ?? line.from)),
    colour(log.level, plainText(log.message)),
    ...fields,
    ...failure,
  ];
  return parts.join(' ');
}

/**
 * Formats a line of the emulator's own log for people.
 *
 * @returns undefined unless it reports an error, or a function that failed (which AWS has in the function's log)
 */
export function readableEmulatorLine(text: string): string | undefined {
  const [, time = '', level = '', service = '', message = ''] =
    /^\S+ (\d\d:\d\d:\d\d)\S* (ERROR|WARNING) \[([\w.]+)\] (.*)$/.exec(text) ?? [];
  if (message === '' || (level === 'WARNING' && service !== 'lambda')) return undefined;
  return `${styleText('dim', time)} ${pad('emulator')} ${styleText(level === 'ERROR' ? 'red' : 'yellow', plainText(message))}`;
}

/** Returns the JSON line unchanged after its function's name, for `--verbose`. */
export const rawLine = (line: FunctionLine): string => `${line.from} ${textOf(line)}`;

/** Returns a line unchanged except for control characters. */
export const textOf = ({ text }: FunctionLine): string => plainText(text.trimEnd());

const isPlatformLine = (text: string): boolean => /^(START|END|REPORT|INIT_START) /.test(text);

/** A warning about the emulator's own code in every function process. */
const isEmulatorsOwn = (text: string): boolean =>
  /^\(node:\d+\) \[DEP0169\]|^\(Use `node --trace-deprecation/.test(text);

function describeError(error: NonNullable<LogLine['error']>): string {
  const stack = error.stack === undefined ? '' : `\n${error.stack.split('\n').slice(1).join('\n')}`;
  return `${plainText(`${error.name ?? 'Error'}: ${error.message ?? ''}`)}${styleText('dim', plainText(stack))}`;
}

function colour(level: string, message: string): string {
  switch (level) {
    case 'ERROR':
    case 'CRITICAL':
      return styleText(['red', 'bold'], message);
    case 'WARN':
      return styleText('yellow', message);
    default:
      return styleText('cyan', message);
  }
}

const shown = (value: unknown): string =>
  plainText(typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value));
/** Wide enough for `consume-github`; longer names push their own line only. */
const pad = (name: string): string => name.padEnd(16);
const clock = (at: number): string => styleText('dim', new Date(at).toTimeString().slice(0, 8));
