import { randomUUID } from 'node:crypto';
import type { Peer } from './peer.ts';

const apiKey = 'bench';
const topic = 'bench.sent';
/** A new one for each run: the endpoints of earlier runs are gone. */
const tenant = `bench-${randomUUID()}`;
/** Deliveries at once. The default, one at a time, would measure the endpoint. */
const atOnce = '20';

/**
 * Outpost's server: all three services in one process.
 *
 * @see https://github.com/hookdeck/outpost/blob/main/docs/pages/references/configuration.mdx
 * @see https://github.com/hookdeck/outpost/blob/main/docs/pages/quickstarts/docker.mdx
 */
export const outpost: Peer = {
  name: 'Outpost',
  program: { name: 'outpost', source: 'https://github.com/hookdeck/outpost/releases' },
  settings: 'https://github.com/hookdeck/outpost/blob/main/docs/pages/references/configuration.mdx',
  stores: [
    { variables: ['REDIS_HOST'], what: 'a Redis server' },
    { variables: ['POSTGRES_URL', 'CLICKHOUSE_ADDR'], what: 'a PostgreSQL or ClickHouse database' },
    {
      variables: [
        'RABBITMQ_SERVER_URL',
        'AWS_SQS_REGION',
        'GCP_PUBSUB_PROJECT',
        'AZURE_SERVICEBUS_CONNECTION_STRING',
      ],
      what: 'a queue',
    },
  ],
  migrate: ['migrate', 'apply', '--yes'],
  serve: ['serve'],
  defaults: {
    API_JWT_SECRET: 'bench',
    AES_ENCRYPTION_SECRET: 'a key of thirty-two bytes, bench',
    LOG_LEVEL: 'error',
    AUDIT_LOG: 'false',
    DISABLE_TELEMETRY: 'true',
    DELIVERY_MAX_CONCURRENCY: atOnce,
    LOG_MAX_CONCURRENCY: atOnce,
    // What it stores of each delivery is part of the work, and is stored before the measurement ends.
    LOG_BATCH_THRESHOLD_SECONDS: '1',
  },
  variables: (port) => ({ API_PORT: String(port), API_KEY: apiKey, TOPICS: topic }),
  health: '/api/v1/healthz',
  authorization: async () => `Bearer ${apiKey}`,
  async register(call, url) {
    await call('PUT', `/api/v1/tenants/${tenant}`);
    await call('POST', `/api/v1/tenants/${tenant}/destinations`, {
      type: 'webhook',
      topics: ['*'],
      config: { url },
    });
  },
  publish: (call, id, data) => call('POST', '/api/v1/publish', { id, tenant_id: tenant, topic, data }),
};
