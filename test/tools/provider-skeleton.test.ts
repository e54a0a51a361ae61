import { describe, expect, it } from 'vitest';
import { providerSkeleton } from '../../tools/provider-skeleton.ts';
import { memoryReceiver, requestOf } from '../support/worlds/inbound-receiver.ts';

const catalogue = `import { airtable } from './providers/airtable.ts';
import { zoom } from './providers/zoom.ts';

export const catalogue = {
  airtable,
  zoom,
} as const;
`;
const samples = `import { sample as airtable } from './providers/airtable.sample.ts';
import { sample as zoom } from './providers/zoom.sample.ts';

export const samples = {
  airtable,
  zoom,
} as const;
`;
const docs = '| provider | signature |\n| --- | --- |\n| `airtable` | a |\n| `zoom` | z |\n\nMore.\n';
const skeleton = providerSkeleton('m-pay', { catalogue, samples, docs });

describe('a new provider', () => {
  it('a new provider gets its line in the catalogue and in the table, in alphabetical order', () => {
    expect(skeleton.catalogue).toBe(`import { airtable } from './providers/airtable.ts';
import { mPay } from './providers/m-pay.ts';
import { zoom } from './providers/zoom.ts';

export const catalogue = {
  airtable,
  'm-pay': mPay,
  zoom,
} as const;
`);
    expect(skeleton.samples).toContain(`import { sample as airtable } from './providers/airtable.sample.ts';
import { sample as mPay } from './providers/m-pay.sample.ts';
`);
    expect(skeleton.samples).toContain("  airtable,\n  'm-pay': mPay,\n  zoom,\n");
    expect(skeleton.docs).toContain('| `airtable` | a |\n| `m-pay` | – |\n| `zoom` | z |\n');
  });

  it('a new provider gets its line in the table of providers, not in another table of the page', () => {
    const others = '| reason | limit |\n| --- | --- |\n| `too-many` | 1 |\n';
    const retries = '| provider | 4xx |\n| --- | --- |\n| `zoom` | again |\n';
    const page = providerSkeleton('m-pay', { catalogue, samples, docs: `${others}\n${docs}\n${retries}` });

    expect(page.docs).toBe(`${others}\n${skeleton.docs}\n${retries}`);
  });

  it('a new provider may be the last in the alphabet', () => {
    const last = providerSkeleton('zulu', { catalogue, samples, docs });

    expect(last.catalogue).toContain("import { zulu } from './providers/zulu.ts';\n\nexport");
    expect(last.catalogue).toContain('  zoom,\n  zulu,\n}');
    expect(last.docs).toContain('| `zoom` | z |\n| `zulu` | – |\n');
  });

  it('a new provider gets a sample for hookline send', () => {
    expect(skeleton.sample).toContain("import type { MakeSample } from '../sample.ts';");
    expect(skeleton.sample).toContain('export const sample: MakeSample');
  });

  it('a new provider starts with vectors that match its row', async () => {
    const { now, vectors } = JSON.parse(skeleton.vectors);
    const hmac = {
      signatureHeader: 'x-m-pay-signature',
      algorithm: 'sha256',
      encoding: 'hex',
      prefix: '',
    } as const;

    expect(skeleton.row).toContain("header: 'x-m-pay-signature'");
    for (const { secret, previous, headers, body, expect: expected } of vectors) {
      const stored = (value: string | undefined) =>
        value === undefined ? undefined : { value, createdAt: now * 1000 };
      const receiver = memoryReceiver({ provider: 'hmac', hmac }, {
        current: stored(secret),
        previous: stored(previous),
      } as object);
      const reception = await receiver.receive(requestOf(body, headers), now);
      expect(reception.kind === 'refused' ? reception.status : 200).toBe(expected.status);
    }
  });
});
