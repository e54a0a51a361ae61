import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { onLoopback } from '../../test/support/loopback-server.ts';
import { cpuOf, megabytesOf, ownProcesses } from '../own-processes.ts';
import type { CallApi, Peer } from './peer.ts';

/** Migrations are part of the start of some. */
const startWithinMs = 60_000;

/**
 * Starts the server of a peer and waits until it works.
 *
 * @param program the path of the server's program
 * @throws when it ends, or does not work within a minute; the message has the end of its log
 */
export async function startServer(peer: Peer, program: string) {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-against-'));
  const logFile = join(folder, 'server.log');
  const port = await freePort();
  const env = { ...peer.defaults, ...process.env, ...peer.variables(port) };
  if (peer.migrate !== undefined) await promisify(execFile)(program, [...peer.migrate], { env });
  const log = openSync(logFile, 'w');
  const child = spawn(program, [...peer.serve], { stdio: ['ignore', log, log], env });
  closeSync(log);
  const ended = once(child, 'exit');
  const logText = () => readFileSync(logFile, 'utf8');
  const url = `http://127.0.0.1:${port}`;
  const authorization = await peer.authorization();
  const call: CallApi = async (method, path, body) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${peer.name}: ${method} ${path}: ${response.status} ${text}`);
  };
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.kill('SIGTERM')) await ended;
    rmSync(folder, { recursive: true });
  };
  const isThere = await Promise.race([isReady(url + peer.health), ended.then(() => false)]);
  if (!isThere) {
    const why = logText().slice(-2000);
    await stop();
    throw new Error(`${peer.name} did not start:\n${why}`);
  }
  const family = (): readonly number[] => [child.pid ?? 0, ...ownProcesses(child.pid).map(({ pid }) => pid)];
  const sumOf = (of: (pid: number) => number | undefined) =>
    family().reduce((sum, pid) => sum + (of(pid) ?? 0), 0);
  return {
    call,
    stop,
    /** Processor time of its processes so far, in milliseconds; of a child that has ended it is not counted. */
    cpuMs: () => sumOf(cpuOf),
    megabytes: () => sumOf(megabytesOf),
    logBytes: () => logText().length,
  };
}
export type RunningServer = Awaited<ReturnType<typeof startServer>>;

async function isReady(url: string): Promise<boolean> {
  const end = performance.now() + startWithinMs;
  while (performance.now() < end) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return true;
    await pause(100);
  }
  return false;
}

async function freePort(): Promise<number> {
  const { url, close } = await onLoopback(createServer());
  close();
  return Number(new URL(url).port);
}
