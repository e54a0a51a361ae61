import type { TargetOptions } from '../stack/target.ts';
import { awsCommand, nextCommand } from '../terminal/next-command.ts';
import { cell, counted } from '../terminal/table.ts';
import type { QueueMoved } from './adopt-queues.ts';
import type { SecretAdopted } from './adopt-secret.ts';

/** Describes the result for the secret; empty when none was left. */
export function secretWords(source: string, secret: SecretAdopted): readonly string[] {
  switch (secret.kind) {
    case 'none':
    case 'refused':
      return [];
    case 'done':
      return [`${source} has the secret of ${secret.from} already.`];
    case 'stored':
      return [`${source} verifies with the secret of ${secret.from} from now on${alsoVerifies(secret)}.`];
  }
}

function alsoVerifies({ withPrevious, isOverwriting }: Extract<SecretAdopted, { kind: 'stored' }>): string {
  if (withPrevious) return ', and with the key before it while the overlap of the rotation lasts';
  return isOverwriting ? ', and with the one that it had while the overlap of a rotation lasts' : '';
}

const isSourceName = /^[a-z][a-z0-9-]{0,39}$/;

/** Describes the result for one queue. */
export function queueWords(source: string, moved: QueueMoved, options: TargetOptions): readonly string[] {
  const { queue, ofOthers, staying } = moved;
  const others = Object.entries(ofOthers).map(([name, count]) => {
    const stay = `  ${counted(count, 'event')} of ${cell(name)} stay`;
    // The name comes from a message, and people paste the command into a shell.
    return isSourceName.test(name)
      ? `${stay}: ${nextCommand(options, `adopt ${name} --from ${queue.url}`)}`
      : `${stay}.`;
  });
  const isEmpty = moved.isWhole && hiddenIn(moved) === 0 && staying.length === 0 && others.length === 0;
  return [
    `${counted(moved.moved, 'event')} of ${source} moved from ${queue.name} to its queue.`,
    ...others,
    ...(isEmpty
      ? [`  Nothing is left in it: ${awsCommand(options, `sqs delete-queue --queue-url ${queue.url}`)}`]
      : []),
  ];
}

/** Lists what the command could not do; empty when it did everything. */
export function problemsOf(secret: SecretAdopted, moved: readonly QueueMoved[]): readonly string[] {
  return [
    ...(secret.kind === 'refused' ? [`The secret is not taken over: ${secret.reason}.`] : []),
    ...moved.flatMap((one) => problemsOfQueue(one)),
  ];
}

function problemsOfQueue(moved: QueueMoved): readonly string[] {
  const { queue, staying, wasStopped, isWhole } = moved;
  const hidden = hiddenIn(moved);
  const isLonger = !isWhole && !wasStopped;
  return [
    ...(staying.length > 0 ? [`${counted(staying.length, 'message')} not moved from ${queue.name}.`] : []),
    ...(wasStopped ? [`Stopped: the rest is still in ${queue.name}.`] : []),
    ...(isLonger ? [`${queue.name} was not read to its end: repeat the command.`] : []),
    ...(hidden > 0
      ? [`${hidden} in ${queue.name} were in flight or delayed: repeat the command when they have come back.`]
      : []),
  ];
}

/** Messages that could not be received, by the counts before the first receive. */
const hiddenIn = ({ queue: { counts } }: QueueMoved): number => counts.inFlight + counts.delayed;

/** The output of `--json`. */
export const adoptionJson = (
  source: string,
  secret: SecretAdopted,
  moved: readonly QueueMoved[],
): object => ({
  source,
  secret,
  queues: moved.map(({ queue, ...rest }) => ({ url: queue.url, name: queue.name, ...rest })),
});
