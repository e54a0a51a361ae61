import { dynamodbListeners } from '../../../../lambdas/adapters/dynamodb/inbound-events/listeners.ts';
import { onceOnly } from '../../../../lambdas/adapters/dynamodb/inbound-events/once-only.ts';
import { dynamodbInboundEvents } from '../../../../lambdas/adapters/dynamodb/inbound-events/store.ts';
import type { Claim, EventRecord, Outcome } from '../../../../lambdas/domain/idempotency.ts';
import { seconds } from '../../../../lambdas/domain/time.ts';
import { after, type Draw, type MakeOperations, oneOf, recent, start } from './operations.ts';

const table = 'InboundEvents';

/** Long enough to be stored as a binary. */
const longText = JSON.stringify('é'.repeat(1000));

/** Two events of a source that four workers have. */
export const inboundEventsOperations: MakeOperations = (client, source) => {
  const store = dynamodbInboundEvents(client, table);
  const keptDay = `${source}#2026-11-23`;
  const records: EventRecord[] = [];
  const made: Claim[] = [];
  const claimOf = ({ now, a, b, c }: Draw, attempts: number): Claim => {
    const worker = oneOf(['a', 'b', 'c', 'd'], b);
    const messageId = `message-${c === 3 ? 'a' : worker}`;
    return {
      id: `${source}#evt_${a % 2}`,
      owner: `${worker}/${messageId}`,
      messageId,
      eventType: 'x',
      receivedAt: start,
      attempts,
      lastError: `no ${attempts}`,
      now,
      leaseUntil: after(now, 60),
      expiresAt: after(now, c === 2 ? 30 : 600),
    };
  };
  const outcomeOf = ({ now, b, c }: Draw): Outcome => {
    const body = c > 1 ? { keptDay, keptBody: 'k' } : { keptDay, keptMessage: c === 1 ? longText : '{}' };
    const outcomes: readonly [Outcome, ...Outcome[]] = [
      { kind: 'processed' },
      { kind: 'retrying', error: 'e', dueAt: after(now, 5), sentBack: c > 1 },
      { kind: 'failed', error: 'f', kept: body },
      { kind: 'ignored', kept: body },
    ];
    return oneOf(outcomes, b);
  };
  const tryClaim = async (claim: Claim, refusal: Promise<EventRecord | undefined>) => {
    const record = await refusal;
    if (record === undefined) made.push(claim);
    else records.push(record);
  };
  const claim = (draw: Draw) => tryClaim(claimOf(draw, 1), store.claim(claimOf(draw, 1)));
  const finish = async (draw: Draw) => {
    const mine = recent(made, draw.a);
    if (mine !== undefined) await store.finish(mine, outcomeOf(draw), draw.now);
  };
  return {
    claim,
    claimAgain: claim,
    async reclaim(draw) {
      const seen = recent(records, draw.a);
      if (seen === undefined) return;
      const again = { ...claimOf(draw, seen.attempts + 1), id: seen.id };
      await tryClaim(again, store.reclaim(seen, again));
    },
    finish,
    finishAgain: finish,
    async readRecord(draw) {
      const record = await store.readRecord(claimOf(draw, 1).id);
      if (record !== undefined) records.push(record);
    },
    async listKept({ b }) {
      const page = await store.listKept({ keptDay }, 1 + (b % 2));
      if (page.next !== undefined) await store.listKept({ keptDay }, 1, page.next);
    },
  };
};

/** What else is in the table of inbound events. */
export const tapsOperations: MakeOperations = (client, source) => {
  const taps = dynamodbListeners(client, table);
  const firstTime = onceOnly(client, table, source, seconds(50));
  const queueOf = ({ b }: Draw): string => oneOf(['mine', 'other'], b);
  return {
    readTap: () => taps.read(source),
    openTap: (draw) => taps.open(source, { queueName: queueOf(draw), until: after(draw.now, 30) }, draw.now),
    closeTap: (draw) => taps.close(source, queueOf(draw), draw.now),
    onceOnly: ({ now, a, b }) => firstTime(`token-${a % 2}`, `print-${b % 2}`, now),
  };
};
