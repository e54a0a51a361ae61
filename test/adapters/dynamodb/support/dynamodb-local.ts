import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { patientCalls } from '../../../../lambdas/adapters/call-bounds.ts';
import { dynamoClient } from '../../../../lambdas/adapters/dynamodb/client.ts';
import { awsVariables, clientConfig } from '../../../../local/endpoint.ts';
import { defaultStateDir } from '../../../../local/state.ts';
import type { TableShape } from '../../../../testing/memory/dynamodb/table-shape.ts';
import { tableOf } from './create-table.ts';

/** Where `.ci/run` puts Amazon's own DynamoDB Local. */
const home = join(defaultStateDir, 'dynamodb-local/package/emulator');

/** Why it cannot run here; undefined when it can. */
export function whyNoDynamodbLocal(): string | undefined {
  if (!existsSync(join(home, 'DynamoDBLocal.jar')))
    return 'DynamoDB Local is not in .local/ (.ci/run puts it there)';
  return spawnSync('java', ['-version']).status === 0 ? undefined : 'there is no Java';
}

/** Runs DynamoDB Local in memory, on a free port. */
export async function startDynamodbLocal() {
  const port = await freePort();
  const server = spawn(
    'java',
    [
      `-Djava.library.path=${join(home, 'DynamoDBLocal_lib')}`,
      '-jar',
      join(home, 'DynamoDBLocal.jar'),
      '-inMemory',
      '-port',
      String(port),
    ],
    { stdio: 'ignore', env: { ...process.env, DDB_LOCAL_TELEMETRY: '0' } },
  );
  const url = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({ ...clientConfig({ url }), maxAttempts: 1 });
  await answering(client, server);
  return {
    client: dynamoClient({ ...patientCalls, maxAttempts: 1 }, awsVariables({ url })),
    createTable: (table: string, shape?: TableShape) => client.send(tableOf(table, shape)),
    stop: () => server.kill(),
  };
}

async function answering(client: DynamoDBClient, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (server.exitCode !== null) break;
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch {
      await pause(200);
    }
  }
  server.kill();
  throw new Error('DynamoDB Local did not answer within a minute');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
