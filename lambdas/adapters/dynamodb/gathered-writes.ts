import { pause } from '../pause.ts';
import { BatchExecuteStatementCommand, type DynamodbClient } from './commands.ts';
import type { Written } from './conditional-update.ts';
import type { Statement } from './statements.ts';

/** The most that DynamoDB takes in one call. */
const maxStatements = 25;
/** How long a write waits for others while a call is under way. */
const gatherMs = 5;
/** The longest pause before a statement that failed is asked again, so that those of a batch do not collide again. */
const jitterMs = 50;

/** One conditional write. */
export interface Write {
  /** Its table and key: DynamoDB refuses a batch that has a key twice. */
  readonly key: string;
  readonly statement: Statement;
  /** The same write in a call of its own, which a batch must not change the meaning of. */
  readonly single: () => Promise<Written>;
}

interface Waiting extends Write {
  readonly written: PromiseWithResolvers<Written>;
}

/** When batches are made. */
export interface Gathering {
  /** From how many writes on: fewer are made one by one. @default 2 */
  readonly fewest?: number;
  /** No write waits for another. @default false */
  readonly atOnce?: boolean;
}

const gatherers = new WeakMap<DynamodbClient, (write: Write) => Promise<Written>>();

/** Makes a client's conditional writes in batches from now on. Its function needs `PartiQLUpdate` and `PartiQLInsert`. */
export function gatherWrites(client: DynamodbClient, gathering: Gathering = {}): DynamodbClient {
  gatherers.set(client, gatherer(client, gathering));
  return client;
}

export const isGathering = (client: DynamodbClient): boolean => gatherers.has(client);

/** Makes a write together with others of the client's. */
export const gathered = (client: DynamodbClient, write: Write): Promise<Written> =>
  gatherers.get(client)?.(write) ?? write.single();

/**
 * Gathers the writes of one process into `BatchExecuteStatement`.
 *
 * Those that are made by the same turn of the event loop go together, at once. While a call is under way, others wait for
 * its end, at most 5 ms. A write that is alone is a call of its own. So is each write that a batch has neither made nor
 * refused: it may be throttled, or the answer of the whole batch may be lost, and only DynamoDB's answer to the single
 * write is taken for a refusal.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
 */
function gatherer(client: DynamodbClient, { fewest = 2, atOnce = false }: Gathering) {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let underWay = 0;

  function close(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    underWay++;
    void make(batch).finally(() => {
      underWay--;
      setImmediate(closeIfIdle);
    });
  }

  const closeIfIdle = (): void => {
    if (underWay === 0) close();
  };

  async function make(batch: readonly Waiting[]): Promise<void> {
    const answers = batch.length < fewest ? [] : await answersTo(client, batch);
    await Promise.all(
      batch.map(async ({ single, written }, nth) => {
        const answer = answers[nth];
        if (answer?.kind === 'written') return written.resolve({ ok: true, item: answer.item });
        if (answer?.kind === 'refused') return written.resolve({ ok: false, item: answer.item });
        if (answer?.kind === 'failed') await pause(Math.random() * jitterMs);
        await single().then(written.resolve, written.reject);
      }),
    );
  }

  return (write: Write): Promise<Written> => {
    if (waiting.some(({ key }) => key === write.key)) return write.single();
    const written = Promise.withResolvers<Written>();
    waiting.push({ ...write, written });
    if (atOnce || waiting.length === maxStatements) close();
    else if (waiting.length === 1) {
      timer = setTimeout(close, gatherMs);
      setImmediate(closeIfIdle);
    }
    return written.promise;
  };
}

type Answer =
  | { readonly kind: 'written' | 'refused'; readonly item: unknown }
  /** The write was refused, but DynamoDB did not say by which item. */
  | { readonly kind: 'refused-by-unknown' }
  | { readonly kind: 'failed' };

/** @returns nothing when the call failed: then it is unknown which of the writes were made */
async function answersTo(client: DynamodbClient, batch: readonly Waiting[]): Promise<readonly Answer[]> {
  const Statements = batch.map(({ statement }) => statement);
  try {
    const { Responses = [] } = await client.send(new BatchExecuteStatementCommand({ Statements }));
    return Responses.map(({ Error: error, Item }): Answer => {
      if (error === undefined) return { kind: 'written', item: Item };
      if (error.Code !== 'ConditionalCheckFailed' && error.Code !== 'DuplicateItem')
        return { kind: 'failed' };
      return error.Item === undefined
        ? { kind: 'refused-by-unknown' }
        : { kind: 'refused', item: error.Item };
    });
  } catch {
    return [];
  }
}
