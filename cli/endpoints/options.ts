import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../terminal/errors.ts';
import { collected, jsonArgument, nonNegativeNumber, positiveNumber } from '../terminal/parse-arguments.ts';

/** Marks a setting that an update removes. It is not null itself, because commander turns null into an empty text. */
const nothing = Symbol('null');
type Nothing = typeof nothing;

/** The settings of an endpoint, as options of the command line. */
export interface EndpointOptions {
  readonly url?: string;
  readonly types?: readonly string[];
  readonly description?: string | Nothing;
  readonly filter?: unknown;
  readonly header?: readonly string[] | Nothing;
  readonly metadata?: readonly string[] | Nothing;
  readonly maxPerSecond?: number | Nothing;
  readonly maxConcurrent?: number | Nothing;
  readonly timeout?: number | Nothing;
  readonly retryDelays?: readonly number[] | Nothing;
}

const orNothing =
  <Value>(parse: (text: string) => Value) =>
  (text: string): Value | Nothing =>
    text === 'null' ? nothing : parse(text);

/** Collects the values of a repeatable option. */
const severalOrNothing =
  <Value>(parse: (text: string) => Value) =>
  (text: string, before: readonly Value[] | Nothing = []): readonly Value[] | Nothing =>
    text === 'null' ? nothing : [...(before === nothing ? [] : before), parse(text)];

function typesArgument(text: string, before: readonly string[] | undefined): readonly string[] {
  if (text === 'null') throw new InvalidArgumentError("An endpoint needs at least one: '*' is all of them.");
  return collected(text, before);
}

/** Adds the options of `create` and `update`. */
export function addEndpointOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--types <type...>',
        'event types: * for all, invoice.* for a prefix, or exact names',
      ).argParser(typesArgument),
    )
    .option('--description <text>', 'a note for yourself', orNothing(String))
    .option(
      '--filter <json>',
      'filter on the payload, e.g. {"path":"amount","gte":100}',
      orNothing(jsonArgument),
    )
    .option(
      '--header <name=value...>',
      'extra request headers, never shown again; an update keeps the others, and name= removes one',
      severalOrNothing(String),
    )
    .option('--metadata <name=value...>', 'names and values for yourself', severalOrNothing(String))
    .option(
      '--max-per-second <number>',
      'maximum number of requests per second, from 0.01',
      orNothing(nonNegativeNumber),
    )
    .option(
      '--max-concurrent <number>',
      'maximum number of requests at the same time',
      orNothing(positiveNumber),
    )
    .option('--timeout <seconds>', 'time limit of one request, from 1', orNothing(nonNegativeNumber))
    .option(
      '--retry-delays <seconds...>',
      'delays before attempts 2, 3, …',
      severalOrNothing(nonNegativeNumber),
    );
}

/** The request body for the management API. */
export function endpointBody(options: EndpointOptions): Readonly<Record<string, unknown>> {
  const { url, types, description, header, metadata } = options;
  return {
    url,
    eventTypes: types,
    description: description === nothing ? '' : description,
    headers: header === nothing ? null : header && headersOf(header),
    metadata: metadata && pairs(metadata),
    filter: orNull(options.filter),
    maxPerSecond: orNull(options.maxPerSecond),
    maxConcurrent: orNull(options.maxConcurrent),
    timeout: orNull(options.timeout),
    retryDelays: orNull(options.retryDelays),
  };
}

/** An empty value removes the header. */
const headersOf = (texts: readonly string[]): Readonly<Record<string, string | null>> =>
  Object.fromEntries(Object.entries(pairs(texts)).map(([name, value]) => [name, value.trim() || null]));

const orNull = (value: unknown): unknown => (value === nothing ? null : value);

function pairs(texts: readonly string[] | Nothing): Readonly<Record<string, string>> {
  if (texts === nothing) return {};
  const found = texts.map((text) => {
    const at = text.indexOf('=');
    // The error does not quote the text, which may be a secret.
    if (at < 1) throw new UsageError('A header and metadata must be name=value.');
    return [text.slice(0, at).trim(), text.slice(at + 1)] as const;
  });
  const names = found.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`${twice} is given twice.`);
  return Object.fromEntries(found);
}
