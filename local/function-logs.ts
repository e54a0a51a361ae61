import { setTimeout as pause } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { type AwsEndpoint, clientConfig } from './endpoint.ts';
import type { FunctionLine } from './log-line.ts';

/** The time between two polls for lines. */
const pollMs = 700;
/** The number of polls between two searches for new log groups, e.g. of a source that was added meanwhile. */
const pollsPerListing = 10;
/** Each poll reads this much again, because a line may be stored a little after its timestamp. */
const overlapMs = 1000;

interface Seen extends FunctionLine {
  /** Identifies the line. */
  readonly key: string;
}

/** Access to the logs of all functions of an endpoint. */
export const functionLogs = (endpoint: AwsEndpoint) =>
  logsOf(new CloudWatchLogsClient(clientConfig(endpoint)));

/**
 * Reads the functions' log lines through the CloudWatch Logs API, so that it works on any endpoint.
 *
 * @param isMeant selects log groups by name, because AWS allows only a few reads a second
 */
export function logsOf(client: CloudWatchLogsClient, isMeant: (group: string) => boolean = () => true) {
  const meantGroups = async () => (await groupNames(client)).filter(isMeant);

  async function readAll(groups: readonly string[], since: number): Promise<Seen[]> {
    const lines = await Promise.all(groups.map((group) => readGroup(client, group, since)));
    return lines.flat().sort((one, other) => one.at - other.at);
  }

  return {
    /** Reads every line since `since`, oldest first. */
    read: async (since: number): Promise<FunctionLine[]> => readAll(await meantGroups(), since),

    /** Reports each line once, as it arrives, until the signal. */
    async follow(since: number, onLine: (line: FunctionLine) => void, signal: AbortSignal): Promise<void> {
      const fresh = onlyOnce(since);
      let groups: readonly string[] = [];
      for (let poll = 0; !signal.aborted; poll++) {
        if (poll % pollsPerListing === 0) groups = await orElse(groups, meantGroups());
        for (const line of fresh.of(await orElse([], readAll(groups, fresh.from())))) onLine(line);
        await orElse(undefined, pause(pollMs, undefined, { signal }));
      }
    },
  };
}

/** Ignores a failed poll, since the next one reads the same again: a deploy may have removed a group, or everything stops. */
const orElse = <T>(fallback: T, attempt: Promise<T>): Promise<T> => attempt.catch(() => fallback);

/** Remembers the reported lines for as long as they are read again. */
function onlyOnce(since: number) {
  const seen = new Map<string, number>();
  let newest = since;
  const from = (): number => Math.max(since, newest - overlapMs);
  return {
    from,
    of(lines: readonly Seen[]): Seen[] {
      const fresh = lines.filter((line) => !seen.has(line.key));
      for (const line of fresh) {
        seen.set(line.key, line.at);
        newest = Math.max(newest, line.at);
      }
      for (const [key, at] of seen) if (at < from()) seen.delete(key);
      return fresh;
    },
  };
}

async function groupNames(client: CloudWatchLogsClient): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName } of page.logGroups ?? []) if (logGroupName) names.push(logGroupName);
  }
  return names;
}

async function readGroup(client: CloudWatchLogsClient, group: string, since: number): Promise<Seen[]> {
  const lines: Seen[] = [];
  const places = new Map<string, number>();
  for await (const page of paginateFilterLogEvents({ client }, { logGroupName: group, startTime: since })) {
    for (const event of page.events ?? []) {
      const at = event.timestamp ?? since;
      // The emulator has no event ids, but the lines of one stream and instant always come in the same order.
      const instant = `${group} ${event.logStreamName} ${at}`;
      const place = places.get(instant) ?? 0;
      places.set(instant, place + 1);
      lines.push({
        from: functionName(group),
        at,
        text: event.message ?? '',
        key: event.eventId ?? `${instant} ${place}`,
      });
    }
  }
  return lines;
}

/** `…/SourcestripeConsumeLogs0A1B2C3D`, and AWS's `Hookline-SourcestripeConsumeLogs0A1B2C3D-5F6E` → `stripeConsume`. */
export function functionName(group: string): string {
  const name = group.split('/').at(-1) ?? group;
  const [, own] = /^(?:.+-)?(?:Source|Outbound)?(.+?)Logs[0-9A-F]{8}(?:-\w+)?$/.exec(name) ?? [];
  return own === undefined ? name : own.charAt(0).toLowerCase() + own.slice(1);
}
