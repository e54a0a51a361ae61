/** Roughly the largest head of a request that API Gateway allows. */
const size = 10_000;

const filled = (piece: string, head = '', tail = ''): string =>
  head + piece.repeat(Math.max(0, Math.floor((size - head.length - tail.length) / piece.length))) + tail;

const numbered = (piece: (nth: number) => string): string =>
  Array.from({ length: size / 5 }, (_, nth) => piece(nth))
    .join('')
    .slice(0, size);

const characters = [...' \t.,;=:/?&%+-_|"\\\'{}[]()<>@#aA0é\u0000'];
const pairs =
  'a, a= =, ,, ;; a; %00 %FF %C3 %2 &= ?& a. /. ../ :443 \\" \\u0041 [[ {} 0. -a v1,QUJD v1=00, v1=00; t=1, sha256=00, a|b& QUJD 00';
const separators = [...' .,;=:/%-|0a&'];
const listed = [' v1,QUJD', ',v1=00', ';v1=00', ',v0=00', ',t=1'];
const parameters = [
  'bt_challenge',
  'crc_token',
  'hub.challenge',
  'hub.verify_token',
  'validationToken',
  'bodySHA256',
];

const others: readonly string[] = [
  numbered((nth) => `${nth}=&`),
  numbered((nth) => `v${nth}=0,`),
  numbered((nth) => `a${nth},`),
  filled('v1,QUJD '),
  filled('e', 'eyJhbGciOiJIUzI1NiJ9.', '.a'),
  filled('W1tb', '', '.a.a'),
  ['a', 'a', 'a'].map((letter) => letter.repeat(size / 3)).join('.'),
  filled('a.', 'https://', '.pem'),
  filled('a', 'https://api.paypal.com/v1/notifications/certs/CERT-', 'g'),
  filled('@', 'https://a'),
  filled('..%2f', 'https://api.paypal.com/'),
  filled('é', 'https://'),
  filled('0', '2026-11-25T10:00:00.', 'Z'),
  ...parameters.flatMap((name) => [filled('a', `${name}=`), filled('%3', `${name}=`), filled(`${name}=a&`)]),
];

/**
 * Texts of 10 KB for a header or a query, as an attacker would make them to keep a function busy.
 *
 * @param right the correct value of the header; some texts are that value with something around it
 */
export const hostileHeadTexts = (right: string): string[] => [
  ...[...characters, ...pairs.split(' ')].map((piece) => filled(piece)),
  ...[...separators, ...listed].map((piece) => filled(piece, right)),
  ...separators.map((piece) => filled(piece, '', right)),
  ...(right === '' ? [] : [filled(`${right},`)]),
  ...others,
];
