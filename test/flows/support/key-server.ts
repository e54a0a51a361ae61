import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { notProxied } from '../../../local/endpoint.ts';
import { run } from '../../../local/processes.ts';
import { projectRoot } from '../../../local/project-root.ts';
import { ensureVenv } from '../../../local/python.ts';
import type { ProviderKeys } from '../../../testing/signing/provider-signers.ts';

/** The keys as PEM. */
type PemKeys = { readonly [Name in keyof ProviderKeys]: string };

export interface KeyServer {
  readonly keys: PemKeys;
  readonly close: () => void;
}

const hosts = ['sns.us-east-1.amazonaws.com', 'api.paypal.com', 'sandbox.plaid.com', 'api.sandbox.ebay.com'];

/**
 * Plays the servers on which providers keep their certificates and keys. The functions come here by a proxy, over TLS,
 * under the providers' own names, and trust a root of the test's.
 */
export async function startKeyServer(directory: string): Promise<KeyServer> {
  const files = await makeCertificates(join(directory, 'providers'));
  const keys = makeKeys(files);
  const server = createHttpsServer({ cert: files('tls.pem'), key: files('tls.key') }, answers(files, keys));
  const port = await listen(server);
  const proxy = createHttpServer().on('connect', (_request, socket: Socket) => {
    const upstream = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  process.env['HTTPS_PROXY'] = `http://127.0.0.1:${await listen(proxy)}`;
  process.env['NODE_USE_ENV_PROXY'] = '1';
  process.env['NO_PROXY'] = notProxied(process.env);
  process.env['NODE_EXTRA_CA_CERTS'] = join(directory, 'providers', 'root.pem');
  const close = () => {
    for (const each of [server, proxy]) {
      each.closeAllConnections();
      each.close();
    }
  };
  return { keys, close };
}

async function makeCertificates(directory: string): Promise<(name: string) => string> {
  mkdirSync(directory, { recursive: true });
  const inEnvironment = (command: string, args: readonly string[]) =>
    run(command, args, { env: process.env });
  const python = await ensureVenv(
    join(projectRoot, '.local', 'venv'),
    (_step, work) => work(),
    inEnvironment,
  );
  const script = join(import.meta.dirname, 'make-certificates.py');
  const { code, output } = await inEnvironment(python, [
    script,
    directory,
    `tls=key servers,${hosts.join(',')}`,
    'sns=sns.amazonaws.com',
    'paypal=messageverificationcerts.paypal.com',
  ]);
  if (code !== 0) throw new Error(output);
  return (name) => readFileSync(join(directory, name), 'utf8');
}

function makeKeys(files: (name: string) => string): PemKeys {
  const newKey = () =>
    generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
      publicKeyEncoding: { format: 'pem', type: 'spki' },
    }).privateKey;
  return {
    sns: files('sns.key'),
    paypal: files('paypal.key'),
    plaid: newKey(),
    ebay: newKey(),
    snsCertificate: `SimpleNotificationService-${randomUUID().replaceAll('-', '')}.pem`,
    paypalCertificate: 'CERT-360caa42-fca2a594-1d93a270',
    plaidKeyId: randomUUID(),
    ebayKeyId: randomUUID(),
  };
}

function answers(files: (name: string) => string, keys: PemKeys): RequestListener {
  const certificates: Readonly<Record<string, string>> = {
    [`${hosts[0]}/${keys.snsCertificate}`]: files('sns.pem'),
    [`${hosts[1]}/v1/notifications/certs/${keys.paypalCertificate}`]: files('paypal.pem'),
  };
  return async (request, response) => {
    const place = `${request.headers.host}${request.url}`;
    if (place === `${hosts[2]}/webhook_verification_key/get`) {
      const { status, body } = plaidAnswer(JSON.parse(await text(request)), keys);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return;
    }
    if (request.headers.host === hosts[3]) {
      const { status, body } = ebayAnswer(request.url ?? '', request.headers.authorization, keys);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return;
    }
    // Accepts the request that confirms a subscription.
    const isConfirmation = place.startsWith(`${hosts[0]}/?Action=ConfirmSubscription`);
    const content = isConfirmation ? '<ConfirmSubscriptionResponse/>' : certificates[place];
    response.writeHead(content === undefined ? 404 : 200).end(content);
  };
}

function plaidAnswer(asked: { key_id?: string; client_id?: string }, keys: PemKeys) {
  if (asked.key_id !== keys.plaidKeyId || asked.client_id !== 'client')
    return { status: 400, body: { error_code: 'INVALID_WEBHOOK_VERIFICATION_KEY_ID' } };
  const jwk = createPublicKey(keys.plaid).export({ format: 'jwk' });
  return { status: 200, body: { key: { ...jwk, alg: 'ES256', kid: keys.plaidKeyId, expired_at: null } } };
}

/** Returns a key for the token of the client's credentials. */
function ebayAnswer(path: string, authorization: string | undefined, keys: PemKeys) {
  const credentials = `Basic ${Buffer.from('client:secret').toString('base64')}`;
  if (path === '/identity/v1/oauth2/token' && authorization === credentials)
    return { status: 200, body: { access_token: 'an-access-token', expires_in: 7200 } };
  if (authorization !== 'Bearer an-access-token') return { status: 401, body: {} };
  if (path !== `/commerce/notification/v1/public_key/${keys.ebayKeyId}`) return { status: 404, body: {} };
  const key = createPublicKey(keys.ebay).export({ format: 'pem', type: 'spki' }).toString();
  return { status: 200, body: { key: key.replaceAll('\n', ''), algorithm: 'ECDSA', digest: 'SHA1' } };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
