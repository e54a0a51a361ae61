import { LogFormatter, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { describedError } from './described-error.ts';

/**
 * Formats a log line: the common fields first, and errors with files and lines of the source.
 *
 * Powertools' own format has three more fields, and every byte is billed: the rate of a sampling that is off, the id of an X-Ray
 * trace that nothing records, and a service, which the name of the log group says. `correlationId` connects the lines of an event.
 */
export class LogFormat extends LogFormatter {
  override formatAttributes(line: UnformattedAttributes, fields: LogAttributes): LogItem {
    const attributes = {
      level: line.logLevel,
      message: line.message,
      timestamp: this.formatTimestamp(line.timestamp),
    };
    return new LogItem({ attributes }).addAttributes(fields);
  }

  override formatError(error: Error): LogAttributes {
    return describedError(error);
  }
}
