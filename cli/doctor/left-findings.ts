import { queueNameOf } from '../../lambdas/adapters/sqs/queue.ts';
import { seconds } from '../../lambdas/domain/time.ts';
import { aboutOf, countsText, type QueueCounts, totalOf } from '../kept/queue-counts.ts';
import { cell, counted } from '../terminal/table.ts';
import type { Left, LeftInQueues, Watched } from './before-removal.ts';
import type { Finding } from './finding.ts';
import type { Unfinished } from './unfinished.ts';

/**
 * Makes the findings before a removal.
 *
 * @param isSettled whether `--wait` saw the same counts for longer than SQS's lag
 */
export function leftFindings(left: Left, isSettled: boolean): readonly Finding[] {
  const findings = [
    ...left.queues.flatMap(findingsOfQueues),
    ...(left.unfinished === undefined ? [] : findingsOfTables(left.unfinished)),
  ];
  if (isSettled || findings.some(({ ok }) => !ok)) return findings;
  const detail = 'SQS’s counts lag by up to a minute: --wait counts until they are settled';
  return [...findings, { check: 'counts', ok: true, detail }];
}

function findingsOfQueues({ watched, queue, dead }: LeftInQueues): readonly Finding[] {
  const { name, queueUrl, dlqUrl, isShared } = watched;
  const ofAll = isShared ? ' (of all sources that share the queue)' : '';
  return [
    ...(queueUrl === undefined
      ? []
      : [queue === undefined ? missingQueue(`queue of ${name}`, queueUrl) : ofQueue(queue)]),
    dead === undefined ? missingQueue(`dead letters of ${name}`, dlqUrl) : ofDlq(dead),
  ];

  function ofQueue(counts: QueueCounts): Finding {
    const ok = totalOf(counts) === 0;
    const detail = `${countsText(counts)}${ofAll}`;
    return { check: `queue of ${name}`, ok, detail, advice: ok ? undefined : whenEmpty(watched) };
  }

  function ofDlq(counts: QueueCounts): Finding {
    const ok = totalOf(counts) === 0;
    const detail = `${aboutOf(totalOf(counts), 'message')}${ofAll}`;
    const command = ok ? undefined : `dlq redrive ${name}`;
    return { check: `dead letters of ${name}`, ok, detail, command };
  }
}

const whereToLook =
  'Is this the right stack, account and region (--stack, --profile, --region)? If so, it was deleted by hand: its messages are lost, and npx cdk deploy does not restore it.';

/** The finding for a queue of the stack that does not exist, which is worse than an empty one. */
export const missingQueue = (check: string, url: string): Finding => ({
  check,
  ok: false,
  detail: `there is no queue ${queueNameOf(url)} in this account and region`,
  advice: whereToLook,
});

function findingsOfTables(unfinished: Unfinished): readonly Finding[] {
  const { missing } = unfinished;
  if (missing.length > 0)
    return missing.map((table) => ({
      check: 'unfinished deliveries',
      ok: false,
      detail: `there is no table ${table} in this account and region`,
      advice: whereToLook,
    }));
  return [pendingOf(unfinished), heldOf(unfinished), ...unburiedOf(unfinished), recoveriesOf(unfinished)];
}

const deliveries = (count: number, isCutShort: boolean): string =>
  `${isCutShort ? 'at least ' : ''}${counted(count, 'delivery', 'deliveries')}`;

function pendingOf({ pending, isCutShort }: Unfinished): Finding {
  const check = 'pending deliveries';
  const detail = `${deliveries(pending, isCutShort)} in the table`;
  if (pending === 0 && !isCutShort) return { check, ok: true, detail };
  const more = isCutShort ? 'There are more unfinished deliveries than were read. ' : '';
  return {
    check,
    ok: false,
    detail,
    advice: `${more}They wait for their next attempt; the tasks of some are in the delivery queue, too. --wait waits for them, for an endpoint that is down as long as its retry schedule.`,
  };
}

const mostNamed = 5;

function heldOf({ held, heldBy, isCutShort }: Unfinished): Finding {
  const check = 'held deliveries';
  const detail = `${deliveries(held, isCutShort)} of endpoints that are disabled`;
  if (held === 0) return { check, ok: true, detail };
  const named = heldBy.slice(0, mostNamed).map((name) => cell(name));
  const more = heldBy.length > mostNamed ? `, and ${heldBy.length - mostNamed} more` : '';
  return {
    check,
    ok: false,
    detail: `${detail}: ${named.join(', ')}${more}`,
    advice:
      'Enable these endpoints, or delete them, which discards their held deliveries; --wait does not wait for these.',
    command: 'endpoints enable TENANT ID',
  };
}

const unburiedOf = ({ unburied, isCutShort }: Unfinished): readonly Finding[] =>
  unburied === 0
    ? []
    : [
        {
          check: 'failed deliveries',
          ok: false,
          detail: `${deliveries(unburied, isCutShort)} whose dead letter is not sent yet`,
          advice: 'The sweep sends it within minutes: repeat the command, or check whether the sweep runs:',
          command: 'doctor',
        },
      ];

function recoveriesOf({ recoveries, hasMoreRecoveries }: Unfinished): Finding {
  const check = 'recoveries';
  const detail = `${hasMoreRecoveries ? 'at least ' : ''}${counted(recoveries, 'recovery', 'recoveries')} running`;
  if (recoveries === 0) return { check, ok: true, detail };
  return {
    check,
    ok: false,
    detail,
    advice: 'They still replay failed deliveries: --wait waits until they have ended; this stops one:',
    command: 'recover-cancel ID',
  };
}

/** Seconds that the attempts take beyond their waits: a batch before each, and the move to the DLQ. */
const tolerance = seconds(1_800);

/** `3 h 13 min`, rounded up. */
function span(length: number): string {
  const minutes = Math.ceil(length / 60);
  const [whole, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [...(whole > 0 ? [`${whole} h`] : []), ...(rest > 0 || whole === 0 ? [`${rest} min`] : [])].join(
    ' ',
  );
}

/** Explains messages that are delayed or in flight: some wait for their handler's next attempt, by default for hours. */
function whenEmpty({ kind, retries }: Watched): string {
  if (kind === 'sending')
    return 'These are on their way, or wait for their next attempt; those that are due in more than 15 minutes are in the table only.';
  const end =
    retries === undefined
      ? 'for the sum of its handlerRetryDelays'
      : `for at most ${span(retries + tolerance)} after its first attempt (handlerRetryDelays) and then becomes a dead letter, so the queue is empty ${span(retries + tolerance)} after the last event`;
  return `An event whose handler failed is also in flight or delayed; it is retried ${end}. First switch the webhook off at the provider; --wait waits until the queue is empty.`;
}
