import { Logger } from '@aws-lambda-powertools/logger';
import type { LogFields } from './log-fields.ts';
import { LogFormat } from './log-format.ts';

/**
 * The structured log of a function.
 *
 * Log one wide line per unit of work, named `noun.verb-ed`; never a body, a header or a secret.
 */
export function functionLog() {
  const logger = new Logger({ logFormatter: new LogFormat() });
  return {
    ...logLines(logger),

    /** Returns a log with fields on every line. No child logger is made for it, which costs more than writing the line. */
    log: (fields: LogFields) => logLines(logger, fields),
  };
}

const logLines = (logger: Logger, common: LogFields = {}) => ({
  info: (line: string, fields: LogFields = {}) => logger.info(line, { ...common, ...fields }),
  warn: (line: string, fields: LogFields = {}) => logger.warn(line, { ...common, ...fields }),
  error: (line: string, fields: LogFields = {}, error?: Error) =>
    logger.error(line, { ...common, ...fields, ...(error && { error }) }),
});
