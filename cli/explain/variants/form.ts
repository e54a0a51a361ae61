import type { TextVariant } from './variant.ts';

type Fields = readonly (readonly [name: string, value: string])[];

/** The forms that may have been changed into this text: escaped differently, decoded, or turned into JSON. */
export function formVariants(text: string): TextVariant[] {
  if (/^[^\s{[<"]+=/.test(text)) return [...changedInPlace(text), ...rewritten(text), ...payloadOf(text)];
  const fields = fieldsInJson(text);
  if (fields === undefined) return [];
  return [
    ...writtenForms(fields).map(
      ([how, form]): TextVariant => [
        `with the body as a form${how}: something turned the form into JSON`,
        form,
      ],
    ),
    ...writtenForms([['payload', text]]).map(
      ([how, form]): TextVariant => [
        `with the body in the field payload of a form${how}: something took the JSON out of the form`,
        form,
      ],
    ),
  ];
}

const again = 'in the form: something parsed and rewrote it';

const changedInPlace = (text: string): TextVariant[] => [
  ['with %2B for each + in the form: the + was not escaped when it was sent on', text.replaceAll('+', '%2B')],
  [
    'with %2B for each + behind a = in the form: the + was not escaped when it was sent on',
    text.replaceAll('=+', '=%2B'),
  ],
  [`with %20 for each + ${again}`, text.replaceAll('+', '%20')],
  [`with + for each %20 ${again}`, text.replaceAll('%20', '+')],
  [`with escapes in capitals ${again}`, recased(text, (code) => code.toUpperCase())],
  [`with escapes in lower case ${again}`, recased(text, (code) => code.toLowerCase())],
];

const recased = (text: string, change: (code: string) => string): string =>
  text.replace(/%[0-9a-f]{2}/gi, change);

function rewritten(text: string): TextVariant[] {
  const fields = text.split('&').map((field) => {
    const [name = '', ...value] = field.split('=');
    return [decoded(name), decoded(value.join('='))] as const;
  });
  const inOrder = [...fields].sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    ...writtenForms(fields).map(([how, form]): TextVariant => [`with other escapes${how} ${again}`, form]),
    ...writtenForms(inOrder).map(([how, form]): TextVariant => [`with sorted fields${how} ${again}`, form]),
    [`without escapes ${again}`, fields.map(([name, value]) => `${name}=${value}`).join('&')],
  ];
}

/** JSON in a form field, or JSON that was parsed as a form. */
function payloadOf(text: string): TextVariant[] {
  const [, payload = ''] = /(?:^|&)payload=([^&]*)/.exec(text) ?? [];
  return [
    ['with the JSON in the field payload: the webhook sends a form now', decoded(payload)],
    ['with the JSON that was taken for the name of a form’s field', decoded(text.replace(/=$/, ''))],
  ];
}

function decoded(text: string): string {
  const plain = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

/** Turns JSON back into form fields: texts, lists of texts, and parsed JSON. */
function fieldsInJson(text: string): Fields | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const fields: [string, unknown][] = Object.entries(JSON.parse(text));
    return fields.flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => [name, asText(one)] as const),
    );
  } catch {
    return undefined;
  }
}

const asText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');

/** The form encoders of several languages, which escape different characters. */
const writers: readonly (readonly [how: string, (text: string) => string])[] = [
  ['', (text) => new URLSearchParams([['', text]]).toString().slice(1)],
  [' (%20 for a space)', encodeURIComponent],
  [' (RFC 3986)', (text) => strict(text)],
  [' (as Python writes it)', (text) => strict(text).replaceAll('%20', '+')],
  [' (as PHP writes it)', (text) => strict(text).replaceAll('%20', '+').replaceAll('~', '%7E')],
];

const strict = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const writtenForms = (fields: Fields): TextVariant[] =>
  writers.flatMap(([how, write]): TextVariant[] => {
    const form = wholeForm(fields, write);
    return [
      [how, form],
      [`${how} with escapes in lower case`, recased(form, (code) => code.toLowerCase())],
    ];
  });

/** Encodes all fields; empty when a lone surrogate cannot be encoded. */
function wholeForm(fields: Fields, write: (text: string) => string): string {
  try {
    return fields.map(([name, value]) => `${write(name)}=${write(value)}`).join('&');
  } catch {
    return '';
  }
}
