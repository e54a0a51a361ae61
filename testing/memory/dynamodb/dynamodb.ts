import type { DynamodbClient } from '../../../lambdas/adapters/dynamodb/commands.ts';
import { ConditionalCheckFailedException } from '../../../lambdas/adapters/dynamodb/errors.ts';
import { clientBy } from '../command-client.ts';
import { invalid } from './errors.ts';
import { queryTable } from './query.ts';
import { batchGetItem, getItem, scanTable } from './reads.ts';
import { type Request, requestOf } from './requests.ts';
import { freshReads, staleReads } from './staleness.ts';
import { executeStatements } from './statements.ts';
import { type ItemWrite, type MemoryTable, memoryTable } from './table.ts';
import { shapes, type TableShape } from './table-shape.ts';
import { deleteItem, putItem, updateItem } from './writes.ts';

/** The tables by their names in tests, of the deployed shapes. */
export const tableNames = {
  inboundEvents: 'InboundEvents',
  deliveries: 'Deliveries',
  outboundEvents: 'OutboundEvents',
  endpoints: 'Endpoints',
} as const satisfies Record<keyof typeof shapes, string>;

const deployed: Readonly<Record<string, TableShape>> = {
  InboundEvents: shapes.inboundEvents,
  Deliveries: shapes.deliveries,
  OutboundEvents: shapes.outboundEvents,
  Endpoints: shapes.endpoints,
};

/** What a client does with each request, beside its effect. */
export interface ClientHooks {
  /** Before the effect. What it throws is the answer; the effect waits for a promise. */
  readonly before?: (request: Request) => void | Promise<void>;
  /** After the effect. What it throws is the answer. */
  readonly after?: (request: Request) => void | Promise<void>;
  /** The response is lost, and the client makes the request a second time. */
  readonly isRepeated?: (request: Request) => boolean;
  /** Another request in its place. */
  readonly mutate?: (request: Request) => Request;
}

/** What can be otherwise than at its best. */
export interface DynamodbOptions {
  readonly tables?: Readonly<Record<string, TableShape>>;
  /** Unix milliseconds. */
  readonly now?: () => number;
  /** Whether one item of a read that need not be consistent is seen as it was before its last write. */
  readonly isLate?: () => boolean;
  /** How old the last write is at most that such a read misses, in ms. @default 1000 */
  readonly lagMs?: number;
  /** How many of so many keys a batch read answers; the rest is unprocessed. */
  readonly batchTakes?: (keys: number) => number;
}

/**
 * DynamoDB in memory: it evaluates what our adapters send, and throws over anything that it does not know.
 *
 * An effect happens in the very call of `send`, unless a hook delays it. `dynamodb-differential.test.ts` holds it to
 * Amazon's DynamoDB Local.
 */
export function dynamodbInMemory(options: DynamodbOptions = {}) {
  const { now = () => 0, isLate, lagMs } = options;
  const stale = isLate && staleReads(now, isLate, lagMs);
  const view = stale?.view ?? freshReads;
  const listeners: ((write: ItemWrite) => void)[] = [];
  const wrote = (key: string, write: ItemWrite): void => {
    stale?.note(key, write);
    for (const listener of listeners) listener(write);
  };
  const tables = new Map(
    Object.entries(options.tables ?? deployed).map(([name, shape]) => [
      name,
      memoryTable(name, shape, wrote),
    ]),
  );

  function tableOf(name: string | undefined): MemoryTable {
    const table = tables.get(name ?? '');
    if (table === undefined) throw invalid(`Requested resource not found: Table: ${name} not found`);
    return table;
  }

  function evaluate(request: Request): object {
    switch (request.action) {
      case 'UpdateItem':
        return updateItem(tableOf(request.input.TableName), request.input);
      case 'PutItem':
        return putItem(tableOf(request.input.TableName), request.input);
      case 'DeleteItem':
        return deleteItem(tableOf(request.input.TableName), request.input);
      case 'GetItem':
        return getItem(tableOf(request.input.TableName), request.input, view);
      case 'Query':
        return queryTable(tableOf(request.input.TableName), request.input, view);
      case 'Scan':
        return scanTable(tableOf(request.input.TableName), request.input, view);
      case 'BatchGetItem':
        return batchGetItem(tableOf, request.input, view, options.batchTakes ?? ((keys) => keys));
      case 'BatchExecuteStatement':
        return executeStatements(tableOf, request.input);
    }
  }
  /** Whether the write goes through or is refused, no client learns of it. */
  function evaluateAndForget(request: Request): void {
    try {
      evaluate(request);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
  async function answer(
    command: unknown,
    { before, after, isRepeated, mutate }: ClientHooks,
  ): Promise<object> {
    const asked = requestOf(command);
    const request = mutate?.(asked) ?? asked;
    const pause = before?.(request);
    if (pause !== undefined) await pause;
    if (isRepeated?.(request)) evaluateAndForget(request);
    const found = evaluate(request);
    const delay = after?.(request);
    if (delay !== undefined) await delay;
    return found;
  }

  return {
    tableOf,

    /** A client on the shared tables. */
    client(hooks: ClientHooks = {}): DynamodbClient {
      const send = (command: unknown) => answer(command, hooks);
      return clientBy(send);
    },

    /** Calls back after each write, within the call that made it. */
    onWrite: (listener: (write: ItemWrite) => void): void => void listeners.push(listener),

    /** Deletes what has expired, as the TTL does at last: until then it stays. */
    expire(): void {
      for (const table of tables.values())
        for (const [key, { expiresAt }] of [...table.items])
          if (typeof expiresAt === 'number' && expiresAt * 1000 <= now()) table.delete(key);
    },
  };
}
export type MemoryDynamodb = ReturnType<typeof dynamodbInMemory>;
