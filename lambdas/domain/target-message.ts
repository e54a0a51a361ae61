import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { RemoteKind } from './target.ts';

/** The addresses of the targets by source, in the order of their `at`. */
export const TargetAddresses = v.record(v.string(), v.array(v.string()));

/** An event as it is handed to a target. The same bytes on every attempt. */
export interface TargetMessage {
  /** `source#id`: unique among all sources. */
  readonly key: string;
  readonly id: string;
  readonly type: string;
  readonly source: string;
  /** JSON; docs/targets.md describes it. */
  readonly text: string;
  /** The value that `groupBy` found. */
  readonly group?: string;
}

/**
 * Gives a message to its target.
 *
 * @param signal aborts shortly before λ consume ends
 * @throws PermanentFailure when the target would refuse the event again; any other error is worth a retry
 */
export type SendToTarget = (message: TargetMessage, signal: AbortSignal) => Promise<void>;

/** Leaves room for what a service counts beside the text: attributes, source and type. */
const beside = 8 * 1024;
const kib = 1024;

/**
 * The most bytes of a message's text; a larger event goes by claim check. As of 2026-11:
 *
 * - bus: an entry of `PutEvents` may have 1 MB since 2026-01-29, but SNS and Step Functions behind its rules take 256 KB, and an
 *   event is billed by 64 KB. https://aws.amazon.com/blogs/compute/more-room-to-build-serverless-services-now-support-payloads-up-to-1-mb
 * - queue: 1 MiB, attributes included, but a batch of ten must fit into Lambda's 6 MB. API_SendMessage
 * - topic: 256 KiB, unless the topic's `MaximumMessageSize` is raised. https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html
 * - function: 6 MB in a synchronous invocation. https://docs.aws.amazon.com/lambda/latest/dg/API_Invoke.html
 * - state machine: 262,144 bytes of `input`. https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export const maxTargetBytes: Readonly<Record<RemoteKind, number>> = {
  bus: 256 * kib - beside,
  queue: 256 * kib - beside,
  topic: 256 * kib - beside,
  function: 6_000_000 - beside,
  stateMachine: 256 * kib - beside,
};

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The characters that SQS and SNS allow in a group. @see API_SendMessage, `MessageGroupId` */
const groupName = /^[\w!"#$%&'()*+,./:;<=>?@[\\\]^`{|}~-]{1,128}$/;

/**
 * The group of a message. Messages of a group are taken in their order by a FIFO queue, and share fairly a queue that is not one.
 *
 * Without `groupBy` each event of a FIFO queue is its own group: events wait for no other event.
 */
export function groupOf({ group, key }: TargetMessage, isFifo: boolean): string | undefined {
  const name = group ?? (isFifo ? key : undefined);
  return name === undefined || groupName.test(name) ? name : hashOf(name);
}

/** A repeat within five minutes has no effect, since it has the same id. */
export const deduplicationOf = ({ key }: TargetMessage): string => hashOf(key);

/** The characters of an execution's name that its logs can show. @see API_StartExecution, `name` */
const plainName = /^[\w-]+$/;
const maxExecutionName = 80;
/** 128 bits, so that the longest source's name fits beside it. */
const hashLetters = 32;

/**
 * The name of an execution: the same for each attempt, and another for each event. A source's name has no underscore, so the
 * first one ends it.
 */
export function executionName({ source, id, key }: TargetMessage): string {
  const name = `${source}_${id}`;
  const isPlain = plainName.test(id) && !id.startsWith('_') && name.length <= maxExecutionName;
  return isPlain ? name : `${source}__${hashOf(key).slice(0, hashLetters)}`;
}
