import { asError } from '../../domain/errors.ts';
import { utf8Bytes } from '../../domain/messages.ts';
import { maxTargetBytes, type SendToTarget, type TargetMessage } from '../../domain/target-message.ts';
import { Command, type CommandClient } from '../aws/command.ts';
import { jsonClient } from '../aws/json-client.ts';
import { targetServices } from '../aws/target-services.ts';
import { patientCalls } from '../call-bounds.ts';
import { gatheredSends } from '../sqs/gathered-sends.ts';
import { isPermanentCode, refusal } from './refusal.ts';

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
interface PutEventsEntry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  /** A JSON object. */
  readonly Detail: string;
}

/** One for each entry, in their order. */
interface PutEventsOutput {
  readonly Entries?: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
}

export type EventsClient = CommandClient<'events'>;

export class PutEventsCommand extends Command<
  'events',
  { readonly Entries: readonly PutEventsEntry[] },
  PutEventsOutput
> {
  readonly service = 'events';
  readonly action = 'PutEvents';
}

const maxEntries = 10;
/** Characters. A longer type is complete in the detail. @see API_PutEventsRequestEntry, `DetailType` */
const maxDetailType = 128;
/** All entries of a call together have the limit of one, which this is well below. */
const maxCallBytes = maxTargetBytes.bus;

type PutEach = (messages: readonly TargetMessage[]) => Promise<readonly (Error | undefined)[]>;

/**
 * An EventBridge bus as a target. The events of one batch go in few calls, and each has its own result.
 *
 * EventBridge drops an event without an error if there is no such bus.
 *
 * @param arn of the bus
 */
export function busTarget(
  client: EventsClient,
  arn: string,
  gather: (putEach: PutEach) => SendToTarget = gatheredSends,
): SendToTarget {
  const target = `the bus ${arn}`;

  async function put(messages: readonly TargetMessage[]): Promise<readonly (Error | undefined)[]> {
    const Entries = messages.map((message) => entryOf(arn, message));
    try {
      const { Entries: results = [] } = await client.send(new PutEventsCommand({ Entries }));
      return messages.map((_, index) => failureOf(results[index]));
    } catch (error) {
      const { name } = asError(error);
      // One wrong entry may have failed the call.
      if (messages.length > 1 && isPermanentCode(name))
        return (await Promise.all(messages.map((message) => put([message])))).flat();
      return messages.map(() => refusal(target, name, error));
    }
  }

  /** @param result undefined if the response has none for the entry: the event may not be on the bus */
  function failureOf(result: NonNullable<PutEventsOutput['Entries']>[number] | undefined): Error | undefined {
    if (result === undefined) return refusal(target, 'NoResult', new Error('it has no result'));
    const { ErrorCode, ErrorMessage = 'no message' } = result;
    return ErrorCode === undefined ? undefined : refusal(target, ErrorCode, new Error(ErrorMessage));
  }

  return gather(async (messages) => (await Promise.all(batchesOf(messages).map(put))).flat());
}

const entryOf = (EventBusName: string, { source, type, text }: TargetMessage): PutEventsEntry => ({
  EventBusName,
  Source: `hookline.${source}`,
  DetailType: type.slice(0, maxDetailType),
  Detail: text,
});

function batchesOf(messages: readonly TargetMessage[]): TargetMessage[][] {
  const batches: TargetMessage[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = utf8Bytes(message.text);
    const current = batches.at(-1);
    if (current && current.length < maxEntries && bytes + size <= maxCallBytes) {
      current.push(message);
      bytes += size;
    } else {
      batches.push([message]);
      bytes = size;
    }
  }
  return batches;
}

export const busAt = (arn: string): SendToTarget =>
  busTarget(jsonClient(targetServices.events, patientCalls), arn);
