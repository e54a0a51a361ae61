import { seededRandom } from '../../chaos/random.ts';

interface Line {
  readonly id: string;
  readonly price: string;
  readonly description: string;
  readonly quantity: number;
  readonly amount: number;
}

const goods = [
  'Espresso beans',
  'Filter paper',
  'Ceramic cup',
  'Milk jug',
  'Cleaning tablets',
  'Water filter',
];
const kinds = ['dark roast', 'size 4', 'white', 'steel', 'pack of 20', 'spare part', 'organic', 'decaf'];
const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/**
 * The data of an event: an invoice whose JSON has a given size.
 *
 * Bodies are compressed where that saves a write unit, so this one compresses as a real one does: to about 0.55 of its size
 * at 1 kB. The same size has the same content.
 *
 * @param bytes of its JSON; less than that of an invoice without lines is rounded up
 */
export function invoiceData(bytes: number): object {
  const random = seededRandom(bytes);
  const lines: Line[] = [];
  const data = {
    invoice: idOf('in', random),
    currency: 'eur',
    customer: idOf('cus', random),
    lines,
    memo: '',
  };
  const missing = () => bytes - Buffer.byteLength(JSON.stringify(data));
  for (;;) {
    const line = lineOf(random);
    if (JSON.stringify(line).length + 1 > missing()) break;
    lines.push(line);
  }
  data.memo = textOf(random, Math.max(0, missing()));
  return data;
}

function lineOf(random: () => number): Line {
  return {
    id: idOf('il', random),
    price: idOf('price', random),
    description: `${oneOf(goods, random)}, ${oneOf(kinds, random)}`,
    quantity: 1 + Math.floor(random() * 12),
    amount: 100 + Math.floor(random() * 90_000),
  };
}

const idOf = (prefix: string, random: () => number): string => `${prefix}_1${textOf(random, 23)}`;

const textOf = (random: () => number, length: number): string =>
  Array.from({ length }, () => oneOf([...alphabet], random)).join('');

const oneOf = (list: readonly string[], random: () => number): string =>
  list[Math.floor(random() * list.length)] ?? '';
