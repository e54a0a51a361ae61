import { LogFormatter, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { mappedStack } from './mapped-stack.ts';

/** The most nested causes, because an error may be its own cause. */
const maxCauses = 5;

/**
 * Formats a log line: the common fields first, and errors with files and lines of the source.
 *
 * Powertools' own format has three more fields, and every byte is billed: the rate of a sampling that is off, the id of an X-Ray
 * trace that nothing records, and a service, which the name of the log group says. `correlationId` connects the lines of an event.
 */
export class LogFormat extends LogFormatter {
  private depth = 0;

  override formatAttributes(line: UnformattedAttributes, fields: LogAttributes): LogItem {
    const attributes = {
      level: line.logLevel,
      message: line.message,
      timestamp: this.formatTimestamp(line.timestamp),
    };
    return new LogItem({ attributes }).addAttributes(fields);
  }

  /** Calls itself for the cause. Never throws, even for a value that is not an Error. */
  override formatError(error: Error): LogAttributes {
    if (this.depth >= maxCauses) return { message: 'more causes' };
    this.depth++;
    try {
      const formatted = super.formatError(error);
      const stack = typeof error.stack === 'string' ? mappedStack(error.stack) : '';
      return { ...formatted, location: this.getCodeLocation(stack), stack };
    } catch {
      return { message: 'an error that cannot be read' };
    } finally {
      this.depth--;
    }
  }
}
