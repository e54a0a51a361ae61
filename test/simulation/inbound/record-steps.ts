import { noOutcome } from '../../../lambdas/domain/idempotency.ts';
import type { Item } from '../../../testing/memory/dynamodb/values.ts';
import type { Step } from '../../crash/port-call.ts';
import { brokenOtherwise, type Others } from '../otherwise.ts';
import { brokenOf, fieldOf, numberIn, type Rule, unlike } from '../step.ts';

/** The promises that one write to an inbound event breaks: what it has to compare, and what it has to leave behind. */
export const brokenByRecord = (step: Step, maxRuns: number): readonly string[] => {
  const { was, is } = step;
  if (is === undefined) return [];
  const rules = (one: Step) =>
    rulesOf(one.name, one.args, one.was, one.is ?? is, { written: one.now, maxRuns });
  return [
    ...brokenOf([...standing(is), ...counting(was, is), ...rules(step)]),
    ...brokenOtherwise(step, othersOf, rules),
  ];
};

/** An event that expired, was ended by this message, or that another worker has or has ended. */
const othersOf: Others = (was, { name, args: [first, second] }) => ({
  status: ['processing', 'retrying', 'processed', 'failed', 'ignored'],
  owner: ['another/message'],
  attempts: [numberIn(was, 'attempts') + 1],
  leaseUntil: [Number(fieldOf(name.endsWith('reclaim') ? second : first, 'now')) + 60_000],
  endedMessageId: was['endedMessageId'] === undefined ? [] : [String(fieldOf(first, 'messageId'))],
});

const has = (item: Item | undefined, name: string): boolean => item?.[name] !== undefined;

/** What a record has in each status. */
function standing(is: Item): readonly Rule[] {
  const { status } = is;
  const isProcessing = status === 'processing';
  const isRetrying = status === 'retrying';
  const isKept = status === 'failed' || status === 'ignored';
  const hasBody = has(is, 'keptBody') || has(is, 'keptMessage');
  return [
    [isProcessing !== has(is, 'leaseUntil'), 'processed or under a lease, and not both'],
    [isRetrying !== has(is, 'dueAt'), 'released, and its next attempt has no time'],
    [!isRetrying && has(is, 'sentBack'), 'a message waits for an event that was not released'],
    [isKept !== has(is, 'endedMessageId'), 'over, and the message that ended it is not known'],
    [isKept && (!hasBody || !has(is, 'keptDay') || !has(is, 'keptAt')), 'over, and not kept for a replay'],
    [status === 'processed' && hasBody, 'processed, and kept for a replay'],
    [status === 'processed' && has(is, 'lastError'), 'processed, and has an error'],
    [(status === 'processed') !== has(is, 'processedAt'), 'processed at no time'],
    [!has(is, 'expiresAt'), 'an event that never expires'],
    [!has(is, 'eventType') || !has(is, 'receivedAt'), 'an event without its type or its time'],
  ];
}

/** Only a claim counts an attempt. */
const counting = (was: Item | undefined, is: Item): readonly Rule[] => [
  [
    was !== undefined && was['owner'] === is['owner'] && was['attempts'] !== is['attempts'],
    'an attempt was counted without a claim',
  ],
];

const leaseIsOver = (was: Item, now: unknown): boolean => numberIn(was, 'leaseUntil') <= Number(now);

/** By port call: what the write must not have gone over, and what it leaves. */
function rulesOf(
  name: string,
  args: readonly unknown[],
  was: Item | undefined,
  is: Item,
  { written, maxRuns }: { readonly written: number; readonly maxRuns: number },
): readonly Rule[] {
  switch (name) {
    case 'inboundEvents.claim':
      return claimRules(args[0], was, is, written);
    case 'inboundEvents.reclaim':
      return reclaimRules(args, was, is, maxRuns);
    case 'inboundEvents.finish':
      return finishRules(args, was, is);
    default:
      return [];
  }
}

function claimRules(claim: unknown, was: Item | undefined, is: Item, written: number): readonly Rule[] {
  const now = Number(fieldOf(claim, 'now'));
  const isExpired = was !== undefined && numberIn(was, 'expiresAt') * 1000 <= now && leaseIsOver(was, now);
  const isOver = was?.['status'] === 'failed' || was?.['status'] === 'ignored';
  const isAgain = isOver && was['endedMessageId'] !== fieldOf(claim, 'messageId');
  return [
    [was !== undefined && !isExpired && !isAgain, 'an event was claimed that is not free'],
    ...claimed(claim, is, written),
    ...unlike('a claim', is, { attempts: 1, lastError: noOutcome(1) }),
  ];
}

function reclaimRules(
  [seen, claim]: readonly unknown[],
  was: Item | undefined,
  is: Item,
  maxRuns: number,
): readonly Rule[] {
  if (was === undefined) return [[true, 'an event was claimed again that is gone']];
  const attempts = numberIn(was, 'attempts');
  const isCounted = is['attempts'] === attempts + 1;
  const lastError = isCounted ? noOutcome(attempts + 1) : (was['lastError'] ?? noOutcome(attempts));
  return [
    [
      ['status', 'owner', 'attempts'].some((name) => was[name] !== fieldOf(seen, name)),
      'an event was claimed that has changed since it was seen',
    ],
    [!leaseIsOver(was, fieldOf(claim, 'now')), 'a live lease was taken over'],
    [numberIn(was, 'dueAt') > Number(fieldOf(claim, 'now')), 'an attempt began too early'],
    [was['status'] !== 'processing' && was['status'] !== 'retrying', 'an event was claimed that is over'],
    [
      !isCounted && (is['attempts'] !== attempts || attempts < maxRuns),
      'a claim counted another number of attempts',
    ],
    ...claimed(claim, is),
    ...unlike('a claim', is, { lastError }),
  ];
}

const claimed = (claim: unknown, is: Item, written = 0): readonly Rule[] => [
  [written > 0 && numberIn(is, 'expiresAt') * 1000 <= written, 'an event expires when it is claimed'],
  ...unlike('a claim', is, {
    status: 'processing',
    owner: fieldOf(claim, 'owner'),
    leaseUntil: fieldOf(claim, 'leaseUntil'),
  }),
];

function finishRules([claim, outcome]: readonly unknown[], was: Item | undefined, is: Item): readonly Rule[] {
  const kind = fieldOf(outcome, 'kind');
  return [
    [was?.['status'] !== 'processing', 'an outcome of an event that is not being processed'],
    [was?.['owner'] !== fieldOf(claim, 'owner'), 'a worker recorded over the claim of another one'],
    [was?.['attempts'] !== fieldOf(claim, 'attempts'), 'a worker recorded over a later attempt'],
    ...unlike('an outcome', is, { status: kind, lastError: fieldOf(outcome, 'error') }),
    ...(kind === 'retrying' ? unlike('a release', is, { dueAt: fieldOf(outcome, 'dueAt') }) : []),
    ...(kind === 'failed' ? unlike('an end', is, { endedMessageId: fieldOf(claim, 'messageId') }) : []),
    [
      kind === 'retrying' && fieldOf(outcome, 'sentBack') !== (is['sentBack'] ?? false),
      'a release wrote another wait than it has',
    ],
  ];
}
