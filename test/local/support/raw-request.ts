import { type IncomingMessage, request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as a page, or a program, would send it; `fetch` allows neither `host` nor `origin`. */
export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request with any headers. */
export async function send(server: string, { method = 'GET', path, headers = {}, body }: RawRequest) {
  const url = new URL(path, server);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const start = url.protocol === 'https:' ? secure : plain;
  // The certificate is for the true name.
  const secured = { rejectUnauthorized: false, servername: 'localhost' };
  start(url, { method, headers, agent: false, ...secured }, resolve)
    .on('error', reject)
    .end(body);
  const response = await promise;
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** @returns all that a plain HTTP server answers to these bytes */
export async function sendBytes(server: string, bytes: string | Uint8Array): Promise<string> {
  const socket = connect(Number(new URL(server).port), '127.0.0.1');
  socket.write(bytes);
  socket.setTimeout(5_000, () => socket.destroy());
  return text(socket);
}

/** What the browser of a user adds for a page of another site, or is asked to by DNS rebinding. */
export const foreign: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['an Origin', { origin: 'https://evil.example' }],
  ['the Origin of a sandboxed frame', { origin: 'null' }],
  ['the Origin of another port here', { origin: 'http://localhost:3000' }],
  ['an empty Origin', { origin: '' }],
  ['no Origin, but another site', { 'sec-fetch-site': 'cross-site' }],
  ['no Origin, but another port here', { 'sec-fetch-site': 'same-site' }],
  ['a word for the site that is new', { 'sec-fetch-site': 'Cross-Origin' }],
  ['a name that its DNS turned to this machine', { host: 'evil.example' }],
  ['such a name and the port', { host: 'evil.example:4566' }],
  ['a name that begins like an address', { host: '127.0.0.1.evil.example' }],
  ['a name that ends like one', { host: 'evil.example.localhost.evil.example' }],
  ['a name below localhost', { host: 'evil.localhost:4566' }],
  ['a name with a user in front', { host: 'localhost@evil.example' }],
  ['a name with a full stop behind', { host: 'localhost.' }],
  ['any address', { host: '0.0.0.0:4566' }],
  ['another address of this machine', { host: '127.0.0.2' }],
  ['the name of an API that is not here', { host: 'ab12cd34.execute-api.evil.example' }],
  ['a bucket of a name of theirs', { host: 'bucket.s3.evil.example' }],
  ['two names', { host: '127.0.0.1, evil.example' }],
];
