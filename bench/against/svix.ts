import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Peer } from './peer.ts';

const jwtSecret = 'the bench signs its own token by this';
/** A new one for each run: the endpoints of earlier runs are gone. */
const app = `bench-${randomUUID()}`;

/**
 * Svix's open-source server: API and worker in one process.
 *
 * @see https://github.com/svix/svix-webhooks/blob/main/README.md the runtime dependencies, configuration and authentication
 * @see https://github.com/svix/svix-webhooks/blob/main/server/svix-server/config.default.toml
 */
export const svix: Peer = {
  name: 'Svix',
  program: { name: 'svix-server', source: 'https://github.com/svix/svix-webhooks/releases' },
  settings: 'https://github.com/svix/svix-webhooks#server-configuration',
  stores: [
    { variables: ['SVIX_DB_DSN', 'DATABASE_URL'], what: 'a PostgreSQL database' },
    { variables: ['SVIX_REDIS_DSN', 'SVIX_QUEUE_DSN', 'SVIX_RABBIT_DSN'], what: 'a queue' },
  ],
  // It makes its tables at its start.
  serve: ['--run-migrations'],
  defaults: { SVIX_QUEUE_TYPE: 'redis', SVIX_CACHE_TYPE: 'memory', SVIX_LOG_LEVEL: 'info' },
  variables: (port) => ({
    SVIX_LISTEN_ADDRESS: `127.0.0.1:${port}`,
    SVIX_JWT_SECRET: jwtSecret,
    // It refuses private addresses otherwise.
    SVIX_WHITELIST_SUBNETS: '["127.0.0.1/32"]',
  }),
  health: '/api/v1/health/',
  authorization: async () => {
    const token = new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('svix-server')
      // The only account of a server of one's own.
      .setSubject('org_23rb8YdGqMT0qIzpgGwdXfHirMu')
      .setIssuedAt()
      .setNotBefore('0s')
      .setExpirationTime('1d');
    return `Bearer ${await token.sign(new TextEncoder().encode(jwtSecret))}`;
  },
  async register(call, url) {
    await call('POST', '/api/v1/app/', { name: app, uid: app });
    await call('POST', `/api/v1/app/${app}/endpoint/`, { url, version: 1 });
  },
  publish: (call, id, payload) =>
    call('POST', `/api/v1/app/${app}/msg/`, {
      eventType: 'bench.sent',
      eventId: id,
      payload,
    }),
};
