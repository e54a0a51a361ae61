import { describedError } from './described-error.ts';
import type { LogFields } from './log-fields.ts';

/** The same lines as those of `functionLog`, without Powertools: a provider waits for what the receiver loads at its start. */
export const plainLog = () => ({
  /** Returns a log with fields on every line. */
  log: (common: LogFields) => ({
    info: (line: string, fields: LogFields = {}) => write('INFO', line, { ...common, ...fields }),
    warn: (line: string, fields: LogFields = {}) => write('WARN', line, { ...common, ...fields }),
    error: (line: string, fields: LogFields = {}, error?: Error) =>
      write('ERROR', line, { ...common, ...fields }, error),
  }),
});

function write(level: string, message: string, fields: LogFields, error?: Error): void {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  const line = { level, message, timestamp: new Date().toISOString(), ...Object.fromEntries(given) };
  process.stdout.write(`${textOf(line, error)}\n`);
}

/** An error may have any attributes, circular ones among them. */
function textOf(line: object, error: Error | undefined): string {
  try {
    return JSON.stringify({ ...line, error: error && describedError(error) });
  } catch {
    return JSON.stringify({ ...line, error: { message: 'an error that cannot be written' } });
  }
}
