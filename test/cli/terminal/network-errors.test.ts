import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { fetchWithReason } from '../../../cli/stack/fetch-with-reason.ts';
import { describeFailure } from '../../../cli/terminal/errors.ts';
import { PublishError } from '../../../client/publish-webhook.ts';
import { cliAws } from '../../support/cli/aws.ts';

afterEach(() => vi.unstubAllEnvs());

const coded = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more });
const timeUp = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
const fetchFailed = (cause: unknown) => new TypeError('fetch failed', { cause });

/** A URL without a listener. */
async function closedOrigin(): Promise<string> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return `http://127.0.0.1:${port}`;
}

it.each([
  ['ECONNREFUSED', 'connection refused'],
  ['ENOTFOUND', 'DNS lookup failed'],
  ['EAI_AGAIN', 'DNS lookup failed'],
  ['ETIMEDOUT', 'timed out'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timed out'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timed out'],
  ['ENETUNREACH', 'host unreachable'],
  ['ECONNRESET', 'connection closed'],
  ['UND_ERR_SOCKET', 'connection closed'],
  ['CERT_HAS_EXPIRED', 'certificate not trusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate not trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate not trusted'],
  ['EPROTO', 'protocol error'],
])('a network error (%s) is described in one line, with what to do', (code, words) => {
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);

  const said = describeFailure(fetchFailed(coded(code)));

  expect(said).toMatch(/^AWS does not respond: [^\n]+\)\. [A-Z][^\n]+[.?]$/);
  expect(said).toContain(`${words} (${code})`);
});

it('several addresses that all failed are one error', () => {
  const all = new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]);

  expect(describeFailure(fetchFailed(all))).toContain('connection refused (ECONNREFUSED)');
  expect(describeFailure(all)).toContain('connection refused (ECONNREFUSED)');
});

it('an untrusted certificate of the local AWS suggests --local', () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'https://127.0.0.1:4566');

  expect(describeFailure(coded('DEPTH_ZERO_SELF_SIGNED_CERT'))).toBe(
    'https://127.0.0.1:4566 does not respond: certificate not trusted (DEPTH_ZERO_SELF_SIGNED_CERT). Use --local, or eval "$(npx hookline env)" again.',
  );
});

it('a host in the error is named', () => {
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
  const wrong = coded('ENOTFOUND', { hostname: 'sqs.eu-cental-1.amazonaws.com', $metadata: {} });

  expect(describeFailure(wrong)).toMatch(/^sqs\.eu-cental-1\.amazonaws\.com does not respond: /);
});

it('an event that could not be published has the reason', () => {
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
  const error = new PublishError([], { cause: coded('ECONNREFUSED', { $metadata: {} }) });

  expect(describeFailure(error)).toMatch(
    /^The event was not published: \S+ does not respond: connection refused/,
  );
});

it('a bug, and a refusal by AWS, are not network errors', () => {
  const refused = Object.assign(new Error('not for you'), { name: 'AccessDenied', $metadata: {} });

  expect(describeFailure(refused)).toBe('AWS refused: AccessDenied: not for you');
  expect(describeFailure(new TypeError('a bug'))).toMatch(/^TypeError: a bug\n +at /);
});

it.each([
  ['the management API', ['endpoints', 'list', 'acme']],
  ['SQS', ['dlq', 'list']],
  ['the log', ['tail']],
])(
  'a local AWS that was killed does not respond to %s, and the advice is hookline start',
  async (_which, args) => {
    await using aws = await cliAws();
    aws.stop();

    const { code, stderr } = await aws.run(...args);

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+ does not respond: connection refused \(ECONNREFUSED\)\. Is npx hookline start running\? [^\n]+\n$/,
    );
  },
);

it('a server that is not AWS is named by its origin only, because its path may be a secret', async () => {
  const origin = await closedOrigin();

  const failure = fetchWithReason(`${origin}/hooks/hunter2?key=hunter2`, { method: 'POST' });

  await expect(failure).rejects.toThrow(
    `${origin} does not respond: connection refused (ECONNREFUSED). Start the server, or correct the URL.`,
  );
});

it('a server that does not respond is named after ten seconds', async () => {
  const asked = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort(timeUp));
  const origin = 'http://127.0.0.1:9999';

  const failure = fetchWithReason(`${origin}/hunter2`, {});

  await expect(failure).rejects.toThrow(`${origin} does not respond: timed out (TimeoutError).`);
  expect(asked.mock.calls).toEqual([[10_000]]);
  asked.mockRestore();
});

it('a request with its own time limit keeps it', async () => {
  const asked = vi.spyOn(AbortSignal, 'timeout');

  const failure = fetchWithReason('http://127.0.0.1:9999/', { signal: AbortSignal.abort(timeUp) });

  await expect(failure).rejects.toThrow('does not respond: timed out');
  expect(asked).not.toHaveBeenCalled();
  asked.mockRestore();
});

it.each([
  ['credentials in the URL', 'http://me:hunter2@127.0.0.1:9999/', {}],
  ['a header that HTTP cannot carry', 'http://127.0.0.1:9999/', { token: 'hunter\n2' }],
  ['a port that fetch refuses', 'http://127.0.0.1:1/hunter2', {}],
])('an invalid request is refused without being repeated: %s', async (_what, url, headers) => {
  const failure = await fetchWithReason(url, { headers }).catch(describeFailure);

  expect(failure).toMatch(/^The request to http:\/\/127\.0\.0\.1:\d+ failed: [^\n]+$/);
  expect(failure).not.toContain('hunter');
});
