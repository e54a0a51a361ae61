import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { sendBytes } from './support/raw-request.ts';

/** `hookline receiver` on a free port: its URL, and the line that it prints next. */
async function startReceiver() {
  const child = spawn(process.execPath, ['bin/hookline.ts', 'receiver', '--port', '0']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  const [, url = ''] = /(http:\/\/127\.0\.0\.1:\d+)\//.exec(await next()) ?? [];
  return { url, next };
}

const post = (path: string, body: string, header = '') =>
  `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${header}content-length: ${Buffer.byteLength(body, 'latin1')}\r\n\r\n${body}`;

test('the receiver escapes control characters anywhere, on one line', async () => {
  const { url, next } = await startReceiver();
  // Bytes as they are: the header has a C1 control, the body U+202E.
  const hostile = Buffer.from(
    post('/201/x', '\u00e2\u0080\u00ae\u001b[2J\r\n00:00:00  200  forged', 'webhook-id: \u009b31m\r\n'),
    'latin1',
  );

  const answer = await sendBytes(url, hostile);

  expect(answer).toMatch(/^HTTP\/1\.1 201 /);
  const line = await next();
  expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  expect(line).toContain('201  /201/x  \\u009b31m  ');
  expect(line).toContain('\\u202e\\u001b[2J\\u000d\\u000a00:00:00  200  forged');
});

test('the receiver serves no web page', async () => {
  const { url } = await startReceiver();

  const answer = await sendBytes(url, post('/200/x', '', 'origin: https://evil.example\r\n'));

  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
});

async function runReceiver(...args: string[]) {
  const child = spawn(process.execPath, ['bin/hookline.ts', 'receiver', ...args]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { stdout, stderr, code };
}

test('the receiver prints its usage', async () => {
  const { code, stdout, stderr } = await runReceiver('--help');

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Usage: hookline receiver \[options\]\n[\s\S]+--port <number>/);
});

test.each([
  [['--prot', '1'], /unknown option '--prot'/],
  [['--port'], /argument missing/],
  [['--port', '99999'], /'99999' is invalid.*0 to 65535/],
  [['surplus'], /too many arguments/],
])('the receiver refuses %j with the reason', async (args, message) => {
  const { code, stdout, stderr } = await runReceiver(...args);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).toContain('(--help lists the commands and options)');
});
