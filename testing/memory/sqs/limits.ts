import { AwsError } from '../../../lambdas/adapters/aws/errors.ts';

/** A message as a call brings it. */
export interface GivenMessage {
  readonly MessageBody?: string;
  readonly DelaySeconds?: number;
  readonly MessageGroupId?: string;
  readonly MessageAttributes?: Readonly<
    Record<string, { readonly DataType?: string; readonly StringValue?: string }>
  >;
}

/** An error as SQS answers it. */
export const refusal = (name: string, message: string): AwsError =>
  new AwsError(name, message, { status: 400 });

const invalid = (message: string) => refusal('InvalidParameterValue', message);

/** The characters that SQS takes in bodies and attributes. */
const allowed = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const limits = { bytes: 1024 * 1024, delay: 900, attributes: 10, group: 128, visibility: 43_200 };

const bytesOf = (text = ''): number => Buffer.byteLength(text);

/** The bytes of a message: its body, and names, types and values of its attributes. */
const sizeOf = ({ MessageBody, MessageAttributes = {} }: GivenMessage): number =>
  Object.entries(MessageAttributes).reduce(
    (sum, [name, { DataType, StringValue }]) =>
      sum + bytesOf(name) + bytesOf(DataType) + bytesOf(StringValue),
    bytesOf(MessageBody),
  );

/** @returns the refusal of a message; undefined if SQS takes it */
export function refusalOfMessage(message: GivenMessage): AwsError | undefined {
  const { MessageBody = '', DelaySeconds = 0, MessageGroupId } = message;
  if (MessageBody === '')
    return refusal('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (!allowed.test(MessageBody))
    return refusal('InvalidMessageContents', 'The message contains characters outside the allowed set.');
  if (sizeOf(message) > limits.bytes) return invalid(`Message must be shorter than ${limits.bytes} bytes.`);
  if (!isWhole(DelaySeconds, limits.delay)) return invalid(`DelaySeconds is ${DelaySeconds}`);
  if (MessageGroupId !== undefined && !/^[!-~]{1,128}$/.test(MessageGroupId))
    return invalid(`MessageGroupId is ${MessageGroupId}`);
  return refusalOfAttributes(message.MessageAttributes ?? {});
}

function refusalOfAttributes(attributes: NonNullable<GivenMessage['MessageAttributes']>) {
  const entries = Object.entries(attributes);
  if (entries.length > limits.attributes) return invalid(`there are ${entries.length} attributes`);
  const wrong = entries.find(
    ([name, { StringValue = '' }]) =>
      !/^(?!\.|aws\.|amazon\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i.test(name) ||
      StringValue === '' ||
      !allowed.test(StringValue),
  );
  return wrong && invalid(`the message attribute ${wrong[0]} is invalid`);
}

/** @throws a refusal of a visibility timeout */
export function checkVisibility(seconds: number): void {
  if (!isWhole(seconds, limits.visibility)) throw invalid(`VisibilityTimeout is ${seconds}`);
}

/** @throws a refusal of the most messages to receive */
export function checkMost(messages: number): void {
  if (!isWhole(messages - 1, 9)) throw invalid(`MaxNumberOfMessages is ${messages}`);
}

const isWhole = (value: number, most: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= most;

/** @throws a refusal of a whole batch */
export function checkBatch(entries: readonly (GivenMessage & { readonly Id?: string })[]): void {
  const ids = entries.map(({ Id = '' }) => Id);
  if (entries.length === 0) throw refusal('EmptyBatchRequest', 'There should be at least one entry.');
  if (entries.length > 10)
    throw refusal('TooManyEntriesInBatchRequest', `There are ${entries.length} entries.`);
  if (ids.some((id) => !/^[A-Za-z0-9_-]{1,80}$/.test(id)))
    throw refusal('InvalidBatchEntryId', 'An id has other characters.');
  if (new Set(ids).size < ids.length) throw refusal('BatchEntryIdsNotDistinct', 'An id is repeated.');
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (bytes > limits.bytes) throw refusal('BatchRequestTooLong', `The entries have ${bytes} bytes.`);
}
