import fc from 'fast-check';

const long = 'x'.repeat(5000);

/** Around something, so many times. */
const nested = (open: string, inner: string, close: string, levels: number): string =>
  `${open.repeat(levels)}${inner}${close.repeat(levels)}`;

/** Texts that mean something in some field, and texts that never do. */
export const text = fc.oneof(
  fc.constantFrom('ep_1', 'acme', 'a.b', 'quiet', 'evt_0', '*', 'invoice.*', 'X-Team', 'v1', 'v1a', 'failed'),
  fc.constantFrom('a'.repeat(52), '1', '2', '200', '201', '2026-11-23', '2026-02-31'),
  fc.constantFrom(
    '',
    ' ',
    '.',
    '..',
    '/',
    '%',
    '%2F',
    '%00',
    '%ff',
    '\u0000',
    '\ud800',
    '\uffff',
    '😀',
    long,
  ),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'rawJSON', 'null', 'undefined', 'NaN', '-1', '1e9'),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const number = fc.constantFrom(
  ...[
    '0',
    '-0',
    '1',
    '1.0',
    '19.90',
    '-1',
    '0.01',
    '1e2',
    '300',
    '604800',
    '1e19',
    '-1e19',
    '1e125',
    '1e400',
  ],
  ...['1e-131', '5e-324', '12345678901234567890', '0.30000000000000004', '9007199254740993'],
);

const object = (member: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(text, member), { maxLength: 4 })
    .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`);
const list = (item: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  fc.array(item, { maxLength }).map((items) => `[${items.join()}]`);
const quoted = text.map((value) => JSON.stringify(value));

/** JSON as text: a value could not tell `1.0` from `1`, nor hold two fields of one name. */
export const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    ...[quoted, number],
    fc.constantFrom('null', 'true', '[]', '{}', '["*"]', JSON.stringify('x'.repeat(150_000))),
    fc.constantFrom(
      nested('[', '1', ']', 90),
      nested('[', '1', ']', 3000),
      nested('{"a":', '1', '}', 60_000),
    ),
    ...[object(tie('json')), list(tie('json'), 3)],
  ),
}));

const condition = fc
  .tuple(fc.constantFrom('equals', 'gt', 'gte', 'lt', 'lte', 'prefix', 'exists'), fc.oneof(number, quoted))
  .map(([test, value]) => `{"path":"a","${test}":${value}}`);
const filter = fc.oneof(
  condition,
  fc
    .tuple(fc.constantFrom('{"not":', '{"all":[', '{"any":['), condition, fc.integer({ min: 1, max: 40 }))
    .map(([open, inner, levels]) => nested(open, inner, open.endsWith('[') ? ']}' : '}', levels)),
);
const instant = fc
  .constantFrom(
    ...['2026-11-01T00:00:00Z', '2026-11-23T12:00:00Z', '2030-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59'],
    ...['1970-01-01T00:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-11-23T00:00:00'],
  )
  .map((value) => JSON.stringify(value));
const url = fc
  .constantFrom(
    ...['https://acme.example/a', 'https://[::1]/', 'https://a\u0000/', `https://${long}/`, 'https:'],
    ...[
      'https:acme.example',
      'https://a\t.example',
      ' https://acme.example./ ',
      'https://a@b/',
      'https://a\\b/',
    ],
    ...[
      'https://acme.example/#x',
      'https://%61/',
      'https://acme.example:0/',
      'https://../',
      'https://\u202ea/',
    ],
  )
  .map((value) => JSON.stringify(value));
const secret = fc
  .constantFrom(`whsec_${'A'.repeat(43)}=`, `whsk_${'A'.repeat(43)}=`, 'whsk_', `whsec_${long}`)
  .map((value) => JSON.stringify(value));
const headers = fc
  .array(
    fc.tuple(
      fc.constantFrom('X-Key', 'x-key', 'X-Team', 'Host', 'webhook-id', 'constructor', '__proto__', ''),
      fc.constantFrom('a', ' a ', '', 'x'.repeat(4096), 'x'.repeat(4097), 'a\r\nb', null),
    ),
    { maxLength: 20 },
  )
  .map(
    (members) =>
      `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`,
  );
const place = fc.oneof(
  text,
  fc.constantFrom('000000000000001#~', '999999999999999#~', '001795000000000#~', '-00000000000001#~'),
);
const cursor = fc
  .oneof(
    json,
    fc.tuple(fc.constantFrom('after', 'before'), place).map(([name, at]) => JSON.stringify({ [name]: at })),
  )
  .map((value) => JSON.stringify(Buffer.from(value).toString('base64url')));

const known: Readonly<Record<string, fc.Arbitrary<string>>> = {
  filter,
  url,
  secret,
  cursor,
  since: instant,
  until: instant,
  headers: fc.oneof(object(quoted), headers),
  metadata: object(quoted),
  schema: object(json),
  retryDelays: list(number, 60),
  maxPerSecond: number,
  maxConcurrent: number,
  timeout: number,
  overlapHours: number,
};

/** Values for a field of that name, as JSON: at the limits of what is accepted, and beyond. */
export const fieldValue = (name: string): fc.Arbitrary<string> =>
  fc.oneof({ weight: 4, arbitrary: known[name] ?? json }, { weight: 1, arbitrary: json });
