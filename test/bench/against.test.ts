import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { measurePeer } from '../../bench/against/measure.ts';
import { outpost } from '../../bench/against/outpost.ts';
import { missingFor } from '../../bench/against/peer.ts';
import { svix } from '../../bench/against/svix.ts';
import { cpuRows } from '../../bench/cpu/rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookline-peers-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void vi.unstubAllEnvs());

/** A program that plays both servers. */
const standIn = join(folder, 'server');
const script = join(import.meta.dirname, 'support/peer-server-process.ts');
writeFileSync(standIn, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
chmodSync(standIn, 0o755);

describe.each([outpost, svix])('the bench against $name', (peer) => {
  it('registers an endpoint, publishes, and counts what arrives and the CPU time of the server', async () => {
    const measured = await measurePeer(peer, standIn, { count: 40, settleMs: 0 });
    expect(measured.flatMap(({ runs }) => runs.flatMap(({ faults }) => faults))).toEqual([]);
    const [row] = cpuRows(measured);
    expect(row).toMatchObject({
      measure: `out, flooded, ${peer.name}`,
      CPU: expect.stringMatching(/^\d+\.\d\d ms$/),
      'of which': expect.stringMatching(/^server \d/),
      more: expect.stringContaining('120 events: none lost, none twice'),
    });
    expect(row).not.toHaveProperty('USD a million');
  }, 60_000);

  it('counts an event that arrives twice', async () => {
    vi.stubEnv('DOUBLED', '_7');
    const [{ runs } = { runs: [] }] = await measurePeer(peer, standIn, { count: 8, settleMs: 200 });
    expect(runs[0]?.faults).toEqual([expect.stringMatching(/^evt_.*_7 was done 2 times$/)]);
  }, 60_000);

  it('says what is missing and where to get it, a line each', () => {
    const lines = missingFor(peer, undefined, { PATH: folder });
    expect(lines).toHaveLength(1 + peer.stores.length);
    expect(lines[0]).toContain(`name it by --server, or get it from ${peer.program.source}`);
    for (const { what } of peer.stores) expect(lines.join('\n')).toContain(what);
    const stores = Object.fromEntries(peer.stores.map(({ variables }) => [variables[0], 'there']));
    expect(missingFor(peer, standIn, stores)).toEqual([]);
  });

  it('shows the log of a server that does not start', async () => {
    const broken = join(folder, 'broken');
    writeFileSync(broken, '#!/bin/sh\n[ "$1" = migrate ] || { echo no database; exit 1; }\n');
    chmodSync(broken, 0o755);
    await expect(measurePeer(peer, broken, { count: 1 })).rejects.toThrow(/did not start:\nno database/);
  });
});
