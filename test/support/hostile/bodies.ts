const size = 4 * 1024 * 1024;

/** A text again and again, in 4 MiB. */
const filled = (piece: string, head = '', tail = ''): Buffer => {
  const room = size - Buffer.byteLength(head) - Buffer.byteLength(tail);
  return Buffer.from(head + piece.repeat(Math.floor(room / Buffer.byteLength(piece))) + tail);
};

/** Pieces that are all different, in 4 MiB. */
function numbered(piece: (nth: number) => string, separator: string, head = '', tail = ''): Buffer {
  const pieces: string[] = [];
  let length = head.length + tail.length;
  for (let nth = 0; ; nth++) {
    const next = piece(nth);
    length += next.length + separator.length;
    if (length > size) return Buffer.from(head + pieces.join(separator) + tail);
    pieces.push(next);
  }
}

const half = (piece: string, end: string): Buffer => {
  const levels = Math.floor(size / (piece.length + end.length));
  return Buffer.from(piece.repeat(levels) + end.repeat(levels));
};

/** A long name, of which each line of the body has all but the last letter. */
const boundary = 'a'.repeat(70);
const part = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n';
const longHeader = `--b\r\nContent-Disposition: form-data${'; a="\\"'.repeat(280)}\r\n\r\n1\r\n`;
const item =
  '{"NotificationRequestItem":{"pspReference":"A","merchantAccountCode":"M","amount":{"value":1,"currency":"EUR"},"eventCode":"E","success":"true","additionalData":{"hmacSignature":"AAAA"}}}';
const cert = 'https://sns.eu-central-1.amazonaws.com/';
const envelope = (member: string) =>
  `{"Type":"Notification","MessageId":"m","TopicArn":"arn:aws:sns:eu-central-1:111122223333:orders","Timestamp":"2026-11-25T10:00:00Z","SignatureVersion":"1","Message":"m",${member}`;

/** Bodies of 4 MiB that an attacker would make to keep a function busy, by name. */
export const hostileBodies: Readonly<Record<string, () => Buffer>> = {
  'deep arrays': () => half('[', ']'),
  'deep objects': () => half('{"a":', '}'),
  'arrays that do not end': () => filled('['),
  'a wide object': () => numbered((nth) => `"k${nth}":${nth}`, ',', '{', '}'),
  'a wide object of numbered names': () => numbered((nth) => `"${nth * 7919}":0`, ',', '{', '}'),
  'a wide array': () => filled('0,', '[', '0]'),
  'an array of arrays': () => filled('[],', '[', '[]]'),
  'an array of objects': () => filled('{"a":1},', '[', '{}]'),
  'one name again and again': () => filled('"a":1,', '{', '"a":1}'),
  'a form of numbered names': () => numbered(String, '&'),
  'a form of one name': () => filled('a&'),
  'a form of one field': () => filled('a=1&'),
  'a form of numbered fields': () => numbered((nth) => `${nth}=`, '&'),
  'a form of empty fields': () => filled('&', 'a=1'),
  'a field of escapes': () => filled('%00', 'payload='),
  'a field of escapes that are no UTF-8': () => filled('%FF', 'payload='),
  'a field of escapes that are none': () => filled('%', 'payload='),
  'a field of plus signs': () => filled('+', 'payload='),
  'a form of JSON': () => filled('%5B', 'payload='),
  'a text of JSON escapes': () => filled('\\u0041', '"', '"'),
  'a text of quotes': () => filled('\\"', '"', '"'),
  backslashes: () => filled('\\'),
  quotes: () => filled('"'),
  'a long number': () => filled('9'),
  'long numbers': () => filled(`1.${'7'.repeat(700)},`, '[', '1]'),
  'numbers of twenty digits': () => filled('12345678901234567890,', '[', '1]'),
  'a text in base64': () => filled('QUJD', 'bt_signature=a|b&bt_payload='),
  'signatures of a form': () => filled('a|b%26', 'bt_payload=QQ==&bt_signature='),
  'white space': () => filled(' \n'),
  'a text of two bytes a letter': () => filled('é', 'a='),
  'a text of four bytes a letter': () => filled('😀', '{"a":"', '"}'),
  'bytes that are no UTF-8': () => Buffer.alloc(size, 0xff),
  zeros: () => Buffer.alloc(size),
  'many parts': () => filled(part, '', '--b--\r\n'),
  'parts with long headers': () => filled(longHeader, '', '--b--\r\n'),
  'a part that does not end': () => filled('1', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'),
  'what is almost a boundary': () =>
    filled(
      `\r\n--${boundary.slice(1)}b`,
      `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n`,
    ),
  'items of a payment': () => filled(`${item},`, '{"notificationItems":[', `${item}]}`),
  notifications: () => filled('{"clientState":"a"},', '{"value":[', '{"clientState":"a"}]}'),
  'an envelope with a deep signature': () => filled('[', envelope('"Signature":')),
  'an envelope with a long signature': () =>
    filled('QUJD', envelope(`"SigningCertURL":"${cert}a.pem","Signature":"`), '"}'),
  'an envelope with a long host': () =>
    filled('é', envelope('"Signature":"QUJD","SigningCertURL":"https://'), '/a.pem"}'),
  'an envelope with a long topic': () =>
    filled('-a', '{"Type":"Notification","TopicArn":"arn:aws', '","Message":"m"}'),
};

/** Bodies of 4 MiB for a reader of batches, which only a sender can have signed. */
export const hostileBatches: Readonly<Record<string, () => Buffer>> = {
  'a thousand equal events': () => filled(`{"id":"${'a'.repeat(4300)}"},`, '[', '{}]'),
  'more events than a thousand': () => filled('{},', '{"events":[', '{}]}'),
  'the list of events again and again': () => filled('"events":[],', '{', '"events":[]}'),
  'other names before the list': () => numbered((nth) => `"k${nth}":0`, ',', '{', ',"events":[{}]}'),
  'other names behind the list': () => numbered((nth) => `"k${nth}":0`, ',', '{"events":[{}],', '}'),
  'escaped names behind the list': () => filled('"\\u0041":0,', '{"events":[{}],', '"a":0}'),
  'a long event': () => filled('a', '{"events":[{"a":"', '"}]}'),
  'an event with a long id': () => filled('é', '{"events":[{"id":"', '","type":"a"}]}'),
  'white space around an event': () => filled(' ', '{"events":[', '{}]}'),
};
