import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, it, vi } from 'vitest';
import { describeEndpoint, describeEndpoints } from '../../../cli/endpoints/format.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { endpointView } from '../../../lambdas/management/views.ts';
import { cliAws } from '../../support/cli/aws.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { managementWorld } from '../../support/worlds/management-world.ts';

async function world() {
  const aws = await cliAws({}, { api: managementWorld().call });
  return {
    /** The output for a person. */
    run: (...args: string[]) => aws.run('endpoints', ...args),
    /** The output for a program. */
    async json(...args: string[]) {
      const { stdout, stderr } = await aws.run('endpoints', ...args, '--json');
      return stdout === '' ? stderr : JSON.parse(stdout);
    },
    [Symbol.asyncDispose]: aws[Symbol.asyncDispose],
  };
}

const words = (text: string): string[] => text.split(' ');
const create = words('create acme https://a.example --id a');

it('each setting can be set, and removed by null', async () => {
  await using api = await world();
  const settings = [
    ...words('--max-per-second 0.5 --max-concurrent 3 --timeout 1.5 --retry-delays 1 2.5'),
    ...words('--filter {"path":"a","gt":1} --description d --header X-A=1 --metadata b=2'),
  ];

  const { endpoint } = await api.json(...create, ...settings);
  const names = settings.filter((arg) => arg.startsWith('--'));
  const left = await api.json('update', 'acme', 'a', ...names.flatMap((name) => [name, 'null']));

  expect(endpoint).toMatchObject({
    maxPerSecond: 0.5,
    maxConcurrent: 3,
    timeout: 1.5,
    retryDelays: [1, 2.5],
    filter: { path: 'a', gt: 1 },
    description: 'd',
    headers: ['X-A'],
    metadata: { b: '2' },
  });
  expect(left).toMatchObject({ description: '', headers: [], url: 'https://a.example' });
  expect(left).toHaveProperty('metadata', {});
  for (const name of ['maxPerSecond', 'maxConcurrent', 'timeout', 'retryDelays', 'filter'])
    expect(left).not.toHaveProperty(name);
});

it('an endpoint that works is shown with a closed breaker, and no waiting deliveries', async () => {
  await using api = await world();
  await api.run(...create);

  const { stdout } = await api.run(...words('show acme a'));

  expect(stdout).toMatch(/^status {8}enabled\nbreaker {7}closed\nwaiting {7}0 deliveries$/m);
  expect(await api.json(...words('show acme a'))).toMatchObject({ breaker: { state: 'closed' } });
});

it('a list of endpoints has a column of what waits, since when and for what, and of what is held', () => {
  const since = '2026-12-01T09:12:44.120Z';
  const none = { count: 0, isExact: true };
  const some = { count: 3, isExact: true, since };
  const endpoint = endpointView(newEndpoint(unixMillis(0)));
  const rows = [
    {},
    { waiting: none, held: none },
    { waiting: { ...some, why: 'breaker' as const }, held: none },
    { waiting: { ...some, count: 1000, isExact: false }, held: none },
    { waiting: { ...some, why: 'rate' as const }, held: { ...some, count: 1 } },
    { waiting: none, held: { ...some, isExact: false } },
  ];

  const shown = describeEndpoints(rows.map((row) => ({ ...endpoint, ...row })));

  const rowsOf = stripVTControlCharacters(shown)
    .split('\n')
    .map((line) => line.split('│').map((cell) => cell.trim()));
  const [column] = rowsOf.flatMap((cells) => (cells.includes('waiting') ? [cells.indexOf('waiting')] : []));
  const cells = rowsOf.filter((row) => row.includes(endpoint.id)).map((row) => row[column ?? 0]);
  expect(cells).toEqual([
    '–',
    '–',
    '3 since 2026-12-01 09:12:44Z (breaker)',
    'over 1000 since 2026-12-01 09:12:44Z',
    '3 since 2026-12-01 09:12:44Z (rate), 1 since 2026-12-01 09:12:44Z (held)',
    'over 3 since 2026-12-01 09:12:44Z (held)',
  ]);
});

it('an endpoint that is down is shown with since when, the next probe, what to do, and the waiting deliveries', () => {
  const endpoint = endpointView(newEndpoint(unixMillis(0)));
  const times = { since: '2026-12-01T09:12:44.120Z', nextProbeAt: '2026-12-01T09:31:02.000Z' };
  const shown = (breaker: object) =>
    describeEndpoint({
      ...endpoint,
      breaker: { state: 'closed', failures: 0, waiting: { count: 1, isExact: true }, ...breaker },
      waiting: { count: 4000, isExact: false, since: times.since, why: 'breaker', until: times.nextProbeAt },
      held: { count: 1, isExact: true, since: times.since },
    });

  const open = shown({
    state: 'open',
    failures: 14,
    failingSince: '2026-12-01T09:12:31.004Z',
    ...times,
  });
  expect(open).toContain(
    'open since 2026-12-01 09:12:44Z: the next probe is at 2026-12-01 09:31:02Z; endpoints test probes now',
  );
  expect(open).toContain('since 2026-12-01 09:12:31Z; 14 failures in a row');
  expect(open).toContain('more than 4000 deliveries, the oldest since 2026-12-01 09:12:44Z\n');
  expect(open).toContain(
    'waits for     its breaker, which lets nothing through before 2026-12-01 09:31:02Z\n',
  );
  expect(open).toContain(
    'to do         mend the endpoint, then run endpoints test: a success sends what waits\n',
  );
  expect(open).toContain('held          1 delivery, the oldest since 2026-12-01 09:12:44Z; endpoints enable');
  expect(shown({ state: 'half-open', ...times })).toContain('half-open, open since 2026-12-01 09:12:44Z');
  expect(shown({ failingSince: '2026-12-01T09:12:31.004Z' })).toMatch(
    /^failing {7}since 2026-12-01 09:12:31Z$/m,
  );
  const patient = shown({ retryAfter: times.nextProbeAt });
  expect(patient).toContain('no request before 2026-12-01 09:31:02Z (Retry-After)');
});

it.each([
  ['retry-after', {}, 'Retry-After: the endpoint asked for no request', /endpoints test asks it now/],
  ['schedule', {}, 'its schedule: each has failed, and waits for its next attempt', /retry sends one now/],
  [
    'unproven',
    { slots: { taken: 2, of: 2 } },
    'a response: its last request got none, so it gets 2 requests at once; 2 of 2 slots are taken',
    /the first response raises this limit/,
  ],
  [
    'slow',
    { slots: { taken: 9, of: 10 }, responseMs: 6200 },
    'a quick response: it is slow, so it gets 10 requests at once; 9 of 10 slots are taken; it responds after 6.2 s on average',
    /--max-concurrent/,
  ],
  [
    'failing',
    {},
    'a success: its last requests failed, so it gets fewer requests at once',
    /deliveries list/,
  ],
  [
    'concurrency',
    { slots: { taken: 1, of: 1 } },
    'its limit of 1 request at once; 1 of 1 slots are taken',
    /--max-concurrent raises it/,
  ],
  [
    'rate',
    { lastPlaceAt: '2026-12-01T10:00:00.000Z' },
    'its limit of requests a second; the last in line goes at 2026-12-01 10:00:00Z',
    /--max-per-second raises it/,
  ],
] as const)(
  'an endpoint whose deliveries wait says what for, and what to do: %s',
  (why, more, text, action) => {
    const shown = describeEndpoint({
      ...endpointView(newEndpoint(unixMillis(0))),
      waiting: { count: 1, isExact: true, why, ...more },
      held: { count: 0, isExact: true },
    });

    expect(shown).toContain(`waits for     ${text}\n`);
    expect(shown).toMatch(action);
    expect(shown).not.toContain('held');
  },
);

it('an update keeps the settings that it does not name', async () => {
  await using api = await world();

  await api.json(...create, ...words('--max-per-second 0.5 --header X-A=1'));
  const left = await api.json(...words('update acme a --timeout null'));

  expect(left).toMatchObject({ maxPerSecond: 0.5, headers: ['X-A'] });
});

it('a header is set, changed and removed separately, and its value is not shown', async () => {
  await using api = await world();

  const created = await api.run(...create, '--header', 'X-Key=hunter2', 'X-A=1');
  const updated = await api.run(...words('update acme a --header X-A= X-B=2'));

  expect(created.stdout).toMatch(/\nheaders {7}X-A X-Key\n/);
  expect(updated.stdout).toMatch(/\nheaders {7}X-B X-Key\n/);
  for (const { stdout, stderr } of [created, updated]) expect(stdout + stderr).not.toContain('hunter2');
});

it.each([
  ['show', '..', 'a'],
  ['show', 'acme', '..'],
  ['delete', 'acme', '.'],
  ['update', 'acme', 'a/b', '--description', 'x'],
  ['create', '.', 'https://a.example'],
  ['create', 'acme', 'https://a.example', '--id', 'x'.repeat(65)],
  ['rotate-secret', '%2e%2e', 'a'],
  ['enable', 'acme', '\u202ea'],
])('an invalid tenant or id is a wrong command line, with the rule: %s %s %s', async (...args) => {
  await using api = await world();

  const { code, stderr } = await api.run(...args);

  expect(code).toBe(2);
  expect(stderr).toMatch(/expected 1 to 64 of A-Z a-z 0-9 _ .*, got \d+ characters?\./);
});

it('blanks around a secret and a URL are removed', async () => {
  await using api = await world();

  pipe(` \t${theirs} \r\n`);
  const { endpoint } = await api.json('create', 'acme', ' https://a.example ', '--id', 'a', '--secret-stdin');

  expect(endpoint).toMatchObject({ url: 'https://a.example' });
  expect(await api.json('secret', 'acme', 'a')).toMatchObject([{ secret: theirs }]);
});

it.each([['hunter2'], ['=hunter2'], ['X-A=hunter2', 'X-A=2']])(
  'headers that are invalid are a wrong command line, and are not repeated: %s',
  async (...headers) => {
    await using api = await world();

    const { code, stderr } = await api.run(...create, '--header', ...headers);

    expect(code).toBe(2);
    expect(stderr).not.toContain('hunter2');
  },
);

/** Pipes the secret in. */
const pipe = (text: string) =>
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([text]) as never);

const theirs = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const next = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;

it('a secret that the caller gave signs, and is not shown again', async () => {
  await using api = await world();

  pipe(`${theirs}\n`);
  const created = await api.run(...create, '--secret-stdin');
  pipe(next);
  const rotated = await api.run(...words('rotate-secret acme a --secret-stdin'));

  const secrets = await api.json('secret', 'acme', 'a');
  expect(secrets).toEqual([
    expect.objectContaining({ secret: next }),
    expect.objectContaining({ secret: theirs, endsAt: expect.any(String) }),
  ]);
  expect(created.stdout).toMatch(/\nsecret {8}as given\n$/);
  expect(rotated.stdout).toMatch(/^secret {8}as given\nsecret {8}whsec_.* \(signs until .*\)\n$/);
});

it('a secret that the caller gave is not shown to a program either', async () => {
  await using api = await world();

  pipe(theirs);
  const { secret } = await api.json(...create, '--secret-stdin');
  pipe(next);
  const rotated = await api.json(...words('rotate-secret acme a --secret-stdin'));

  expect(secret).toEqual({ kind: 'v1', createdAt: expect.any(String) });
  expect(rotated).toEqual([
    { kind: 'v1', createdAt: expect.any(String) },
    expect.objectContaining({ secret: theirs }),
  ]);
});

it('the public half of an Ed25519 key that the caller gave is shown', async () => {
  await using api = await world();

  pipe(`whsk_${Buffer.alloc(32, 1).toString('base64')}`);
  const { stdout } = await api.run(...create, '--secret-stdin');

  expect(stdout).toMatch(/\nsecret {8}whpk_/);
});

it('an invalid secret is refused without being repeated, and so are contradictory options', async () => {
  await using api = await world();

  pipe('hunter2');
  const refused = await api.run(...create, '--secret-stdin');

  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('secret: expected whsec_') });
  expect(refused.stderr).not.toContain('hunter2');
  expect(await api.run(...create, '--secret-stdin', '--ed25519')).toMatchObject({ code: 2 });
});

it('an update needs a change, and leaves an endpoint at least one type', async () => {
  await using api = await world();
  await api.run('create', 'acme', 'https://a.example', '--id', 'a');

  expect(await api.run('update', 'acme', 'a')).toMatchObject({
    code: 2,
    stderr: 'Pass at least one setting to change: --help lists them.\n',
  });
  expect(await api.run('update', 'acme', 'a', '--types', 'null')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("An endpoint needs at least one: '*' is all of them."),
  });
});
