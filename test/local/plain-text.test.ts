import { expect, test } from 'vitest';
import { plainText } from '../../local/plain-text.ts';

test.each([
  ['an escape', 'a\u001b[2Jb', 'a\\u001b[2Jb'],
  ['its one-character form, C1', 'a\u009b2Jb', 'a\\u009b2Jb'],
  ['a backspace, DEL and a lone carriage return', 'a\bb\u007fc\rd', 'a\\u0008b\\u007fc\\u000dd'],
  ['what turns the writing round', 'a\u202eb', 'a\\u202eb'],
])('%s is escaped for a terminal', (_what, text, shown) => {
  expect(plainText(text)).toBe(shown);
});

test('line ends, tabs and letters of all languages stay', () => {
  expect(plainText('a\n\tb\r\nÄ 名 👩‍💻')).toBe('a\n\tb\r\nÄ 名 👩‍💻');
});

test('escaped JSON is the same JSON', () => {
  const value = { text: '\u001b\u009b\u007f\u202e', more: ['\n'] };

  expect(JSON.parse(plainText(JSON.stringify(value, undefined, 2)))).toEqual(value);
});
