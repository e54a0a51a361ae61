import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { hookline } from './support/hookline.ts';
import { describeFlow } from './support/local-stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookline-explain-'));
afterAll(() => rmSync(folder, { recursive: true }));

describeFlow('hookline send and explain', (stack) => {
  /** Its exit code and what it printed. */
  async function run(...args: string[]) {
    try {
      return { code: 0, output: await hookline(stack.outputs, ...args) };
    } catch (error) {
      const printed = error instanceof Error ? Reflect.get(error, 'stdout') : '';
      return { code: 1, output: `${error}\n${printed}` };
    }
  }

  it('hookline send sends what the source accepts, once more as a duplicate, and what it must refuse', async () => {
    const sent = await run('send', 'stripe', '--times', '2');
    const [first, second] = sent.output.match(/"id":"evt_[0-9a-f]+"/g) ?? [];

    expect(sent.code).toBe(0);
    expect(first).toBe(second);
    expect(await run('send', 'stripe', '--tamper')).toMatchObject({
      code: 0,
      output: expect.stringContaining('401'),
    });
    expect(await run('send', 'timed', '--stale')).toMatchObject({
      code: 0,
      output: expect.stringContaining('401'),
    });
    expect(await run('send', 'github', '--stale')).toMatchObject({ code: 1 });
  });

  it('hookline explain explains the refusals that were kept, and a captured one', async () => {
    const body = '{\n  "zen": "Speak like a human."\n}';
    const signature = createHmac('sha256', await stack.secretOf('github'))
      .update(body)
      .digest('hex');
    const headers = { 'x-github-event': 'ping', 'x-github-delivery': crypto.randomUUID() };
    const signed = { ...headers, 'x-hub-signature-256': `sha256=${signature}` };
    const compact = JSON.stringify(JSON.parse(body));
    expect((await stack.post('github', signed, compact)).status).toBe(401);

    const kept = await run('explain', 'github');
    expect(kept.code).toBe(1);
    expect(kept.output).toContain('invalid_signature: mismatch');
    expect(kept.output).toContain('indented by two spaces: something parsed and rewrote it');

    writeFileSync(join(folder, 'request.json'), JSON.stringify({ headers: signed, body }));
    expect(await run('explain', 'github', '--request', join(folder, 'request.json'))).toMatchObject({
      code: 0,
      output: expect.stringContaining('github accepts this request.'),
    });
  });
});
