import { type Command, Option } from 'commander';
import { collected, jsonArgument, nonNegativeNumber, positiveNumber } from './arguments.ts';
import { RefusedError } from './refusal.ts';

/** What the command line may say about an endpoint. */
export interface EndpointOptions {
  readonly url?: string;
  readonly types?: readonly string[];
  readonly description?: string;
  readonly filter?: unknown;
  readonly header?: readonly string[];
  readonly metadata?: readonly string[];
  readonly maxPerSecond?: number;
  readonly maxConcurrent?: number;
  readonly timeout?: number;
  readonly retryDelays?: readonly number[];
}
/** The options of whatever makes or changes an endpoint. */
export function addEndpointOptions(command: Command): Command {
  return command
    .addOption(new Option('--types <type...>', 'event types: *, invoice.* or exact').argParser(collected))
    .option('--description <text>')
    .option('--filter <json>', 'on the payload, e.g. {"path":"amount","gte":100}', jsonArgument)
    .addOption(new Option('--header <name=value...>', 'sent along').argParser(collected))
    .addOption(new Option('--metadata <name=value...>', 'kept for you').argParser(collected))
    .option('--max-per-second <number>', 'requests a second', positiveNumber)
    .option('--max-concurrent <number>', 'requests at the same time', positiveNumber)
    .option('--timeout <seconds>', 'for the answer', positiveNumber)
    .addOption(
      new Option('--retry-delays <seconds...>', 'before attempt 2, 3, …').argParser(
        (text: string, before: readonly number[] | undefined) => [...(before ?? []), nonNegativeNumber(text)],
      ),
    );
}

/** What the API takes, from what the command line says. */
export function endpointBody(fields: EndpointOptions): Readonly<Record<string, unknown>> {
  const { url, types, description, filter, header, metadata, retryDelays } = fields;
  const { maxPerSecond, maxConcurrent, timeout } = fields;
  return {
    ...{ url, eventTypes: types, description, filter, maxPerSecond, maxConcurrent, timeout, retryDelays },
    headers: header && pairs(header),
    metadata: metadata && pairs(metadata),
  };
}

const pairs = (texts: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new RefusedError(`'${text}' is not name=value.`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
