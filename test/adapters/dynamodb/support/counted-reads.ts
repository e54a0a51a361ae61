import type { DynamodbClient } from '../../../../lambdas/adapters/dynamodb/commands.ts';
import { BatchGetCommand, QueryCommand } from '../../../../lambdas/adapters/dynamodb/commands.ts';
import { itemBytes } from '../../../../lambdas/adapters/dynamodb/write-units.ts';
import { clientBy } from '../../../../testing/memory/command-client.ts';
import { readUnits } from '../../../cost/support/units.ts';

type Items = readonly Readonly<Record<string, unknown>>[];

/** A client that counts its queries and batch reads, and what they are billed. */
export function countedReads(client: DynamodbClient) {
  const counted = { calls: 0, units: 0 };
  async function send(command: unknown): Promise<object> {
    const answer: object = await Reflect.apply(client.send, client, [command]);
    counted.calls++;
    counted.units += unitsOf(command, answer);
    return answer;
  }
  return { client: clientBy(send), counted };
}

const bytesOf = (items: Items): number => items.reduce((sum, item) => sum + itemBytes(item), 0);

/** A query is billed by the bytes of all its items, a batch by those of each. */
function unitsOf(command: unknown, answer: object): number {
  if (command instanceof QueryCommand)
    return readUnits(bytesOf(Reflect.get(answer, 'Items')), command.input.ConsistentRead === true).read;
  if (!(command instanceof BatchGetCommand)) throw new Error('neither a query nor a batch');
  const tables = Object.entries<Items>(Reflect.get(answer, 'Responses'));
  return tables
    .flatMap(([table, items]) => {
      const isConsistent = command.input.RequestItems?.[table]?.ConsistentRead === true;
      return items.map((item) => readUnits(bytesOf([item]), isConsistent).read);
    })
    .reduce((sum, units) => sum + units, 0);
}
