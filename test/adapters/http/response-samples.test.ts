import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { httpSender } from '../../../lambdas/adapters/http/sender.ts';
import { millis } from '../../../lambdas/domain/time.ts';
import { httpServer } from '../../support/worlds/local-server.ts';

const settings = { localEndpoints: true, allowedPorts: [443], connectTimeout: millis(5_000) };

/** The sample of a response's body. */
async function sampleOf(bytes: Uint8Array, headers: Readonly<Record<string, string>>) {
  using server = await httpServer((_request, response) => response.writeHead(500, headers).end(bytes));
  const sender = httpSender(settings);
  const outcome = await sender.post({
    url: server.url,
    headers: {},
    body: Buffer.from('{}'),
    timeout: millis(5_000),
  });
  sender.close();
  return 'sample' in outcome ? outcome.sample : undefined;
}

const sorry = Buffer.from('{"error":"Verzeihung, schön"}');
const german = '{"error":"Verzeihung, schön"}';

describe('a sample', () => {
  it.each([
    ['gzip', gzipSync(sorry)],
    ['x-gzip', gzipSync(sorry)],
    ['GZIP', gzipSync(sorry)],
    ['deflate', deflateSync(sorry)],
    ['deflate', deflateRawSync(sorry)],
    ['br', brotliCompressSync(sorry)],
    ['identity', sorry],
    ['', sorry],
  ])('a sample of %s is decoded', async (encoding, bytes) => {
    expect(await sampleOf(bytes, { 'content-encoding': encoding })).toBe(german);
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(50_000_000, 'a'))],
    ['br', brotliCompressSync(Buffer.alloc(50_000_000, 'a'))],
    ['deflate', deflateSync(Buffer.alloc(50_000_000, 'a'))],
  ])('a sample of a %s bomb is its first KiB, and no more is decompressed', async (encoding, bytes) => {
    const before = process.resourceUsage().maxRSS;

    expect(await sampleOf(bytes, { 'content-encoding': encoding })).toBe('a'.repeat(1024));
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(40_000);
  });

  it('a sample of more than a KiB of gzip is the beginning of its content', async () => {
    const text = Array.from({ length: 5_000 }, (_, at) => `line ${at * 7_919} of the trace`).join('\n');

    const sample = await sampleOf(gzipSync(text), { 'content-encoding': 'gzip' });

    expect(sample).toHaveLength(1024);
    expect(text.startsWith(sample ?? '-')).toBe(true);
  });

  it.each([
    ['zstd', Buffer.alloc(300, 1), '(zstd, 300 bytes)'],
    ['gzip, br', Buffer.alloc(30, 1), '(gzip, br, 30 bytes)'],
    ['gzip', Buffer.from('no gzip at all'), '(gzip, 14 bytes)'],
    ['constructor', Buffer.from('abc'), '(constructor, 3 bytes)'],
    ['x'.repeat(5_000), Buffer.from('abc'), `(${'x'.repeat(40)}, 3 bytes)`],
  ])('a sample of %s that cannot be decoded says so', async (encoding, bytes, expected) => {
    expect(await sampleOf(bytes, { 'content-encoding': encoding })).toBe(expected);
  });

  it.each([
    ['text/html; charset=ISO-8859-1', Buffer.from(german, 'latin1')],
    ['text/html; charset="windows-1252"', Buffer.from(german, 'latin1')],
    ['text/html;charset=utf-16le', Buffer.from(german, 'utf16le')],
    ['text/html; charset=UTF-8', sorry],
    ['text/html; charset=no-such-charset', sorry],
    ['text/html; charset=utf-8', Buffer.from(german, 'latin1')],
    ['text/html', Buffer.from(german, 'latin1')],
    ['', Buffer.from(german, 'latin1')],
    ['image/png', sorry],
  ])('a sample with the content type %j is text', async (type, bytes) => {
    expect(await sampleOf(bytes, { 'content-type': type })).toBe(german);
  });

  it('a sample omits a character that its end cuts in two', async () => {
    expect(await sampleOf(Buffer.from(`${'a'.repeat(1023)}ö`), {})).toBe('a'.repeat(1023));
  });

  it.each([
    ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a])],
    ['application/octet-stream', Buffer.alloc(200, 0xfe)],
    ['text/html', Buffer.from('a\0b')],
    ['', Buffer.from(Array.from({ length: 200 }, (_, at) => (at * 7) % 256))],
  ])('a sample of %j that is binary says so', async (type, bytes) => {
    expect(await sampleOf(bytes, { 'content-type': type })).toBe(`(binary, ${bytes.length} bytes)`);
  });
});
