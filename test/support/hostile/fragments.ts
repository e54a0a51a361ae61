import fc from 'fast-check';

/** In every hostile text: an error that repeats a text of its input has it. */
export const canary = 'canary-5f2d';

const levels = 100_000;

/** Values for any field, as JSON text: a value could not tell `1e400` from nothing, nor repeat a name. */
export const fragments: Readonly<Record<string, string>> = {
  null: 'null',
  true: 'true',
  zero: '0',
  'minus one': '-1',
  'a fraction': '1.5',
  'more than a number holds': '1e400',
  'less than a number holds': '-1e400',
  'the largest number': '1.7976931348623157e308',
  '2^53 + 1': '9007199254740993',
  'a time after the last one': '8640000000000001',
  'a time before the first one': '-8640000000000001',
  'an instant after the last one': '"+275760-09-13T00:00:00.001Z"',
  'a text that is no number': '"NaN"',
  'the empty text': '""',
  'a blank': '" "',
  NUL: '"\\u0000"',
  'a line break and a header': `"${canary}\\r\\nx-injected: 1"`,
  'half of a surrogate pair': '"\\ud800"',
  'a noncharacter': '"\\uffff"',
  'an escape sequence': `"\\u001b[31m${canary}"`,
  'a path upwards': '"../../etc/passwd"',
  'the name __proto__': '"__proto__"',
  'a short text': `"${canary}"`,
  'a text of 300 KB': `"${canary.repeat(28_000)}"`,
  'an empty list': '[]',
  'a list of a text': `["${canary}"]`,
  'an empty object': '{}',
  'an object with __proto__': '{"__proto__":{"polluted":true}}',
  'an object with constructor': '{"constructor":{"prototype":{"polluted":true}}}',
  'arrays of 100 000 levels': '['.repeat(levels) + ']'.repeat(levels),
  'objects of 3000 levels': `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`,
};

/** One of each type, for walls at which an input takes long. */
export const fewFragments: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'null',
    'true',
    'minus one',
    'a short text',
    'an empty list',
    'an empty object',
    'objects of 3000 levels',
  ].map((name) => [name, fragments[name] ?? '']),
);

/** The position of a value: names of fields and numbers of elements. */
type Position = readonly string[];

/** All positions in a value, itself first. */
function positionsIn(value: unknown, at: Position = []): Position[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, inner]) => positionsIn(inner, [...at, name]))];
}

/** The JSON of a value with a fragment at a position. */
const withFragment = (value: unknown, position: Position, fragment: string): string => {
  const [name, ...rest] = position;
  if (name === undefined) return fragment;
  const members = Object.entries(Object(value)).map(
    ([key, inner]) =>
      [key, key === name ? withFragment(inner, rest, fragment) : JSON.stringify(inner)] as const,
  );
  if (Array.isArray(value)) return `[${members.map(([, json]) => json).join()}]`;
  return `{${members.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join()}}`;
};

/** The JSON of an object without one of its fields. */
const without = (value: object, name: string): string =>
  JSON.stringify(Object.fromEntries(Object.entries(value).filter(([key]) => key !== name)));

/** Changes of the structure: fields that are missing, unknown, or there twice. */
function* structures(valid: object): Generator<readonly [string, string]> {
  const json = JSON.stringify(valid);
  const inner = json.slice(1, -1);
  for (const name of Object.keys(valid)) yield [`without ${name}`, without(valid, name)];
  yield ['every field twice', `{${inner},${inner}}`];
  yield ['a field __proto__', `{${inner},"__proto__":{"polluted":true,"id":"${canary}"}}`];
  yield ['an unknown field', `{${inner},"${canary}":1}`];
  yield ['a byte order mark', `\ufeff${json}`];
  yield ['a NUL behind it', `${json}\u0000`];
  yield ['in a list', `[${json}]`];
  yield ['in a text', JSON.stringify(json)];
  yield ['cut in the middle', json.slice(0, json.length / 2)];
}

/** Variants of a valid input: each fragment at each position, and changes of the structure. */
export function* mutants(
  valid: object,
  values: Readonly<Record<string, string>> = fragments,
): Generator<readonly [name: string, text: string]> {
  yield* structures(valid);
  for (const position of positionsIn(valid))
    for (const [name, fragment] of Object.entries(values))
      yield [`${name} at ${position.join('.') || 'the top'}`, withFragment(valid, position, fragment)];
}

/** Random variants of a valid input: each has other JSON at one position, or one change of its text. */
export const mutated = (valid: object): fc.Arbitrary<string> => {
  const value = fc.oneof(fc.constantFrom(...Object.values(fragments).filter(isShort)), fc.json());
  const changed = fc
    .tuple(fc.constantFrom(...positionsIn(valid)), value)
    .map(([position, fragment]) => withFragment(valid, position, fragment));
  const edited = fc
    .tuple(changed, fc.nat(), fc.nat({ max: 3 }), fc.string({ unit: 'binary', maxLength: 3 }))
    .map(([text, at, cut, put]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put + text.slice(place + cut);
    });
  return fc.oneof({ weight: 3, arbitrary: changed }, { weight: 1, arbitrary: edited });
};

const isShort = (text: string): boolean => text.length < 1_000;
