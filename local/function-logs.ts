import { setTimeout as pause } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { type AwsEndpoint, clientConfig } from './endpoint.ts';
import type { FunctionLine } from './log-line.ts';

/** Lines are looked for this often while something follows them. */
const pollMs = 700;
/** New log groups (of a source added while it runs) are looked for every so many polls. */
const pollsPerListing = 10;
/** Read again each time, because a line may be stored a little after the time that it carries. */
const overlapMs = 1000;

interface Seen extends FunctionLine {
  /** Names the line among all others. */
  readonly key: string;
}

/** The logs of all functions of an endpoint. */
export const functionLogs = (endpoint: AwsEndpoint) =>
  logsOf(new CloudWatchLogsClient(clientConfig(endpoint)));

/**
 * Reads what functions print, through the CloudWatch Logs API, so that it works on any endpoint.
 *
 * @param isMeant chooses log groups by name; AWS allows a few reads a second in all
 */
export function logsOf(client: CloudWatchLogsClient, isMeant: (group: string) => boolean = () => true) {
  const meantGroups = async () => (await groupNames(client)).filter(isMeant);

  async function readAll(groups: readonly string[], since: number): Promise<Seen[]> {
    const lines = await Promise.all(groups.map((group) => readGroup(client, group, since)));
    return lines.flat().sort((one, other) => one.at - other.at);
  }

  return {
    /** Every line since `since`, oldest first. */
    read: async (since: number): Promise<FunctionLine[]> => readAll(await meantGroups(), since),

    /** Hands over each line once, as it comes, until the signal. */
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

/** A poll that fails is made up for by the next: a deploy may just have removed a group, or all of it is being stopped. */
const orElse = <T>(fallback: T, attempt: Promise<T>): Promise<T> => attempt.catch(() => fallback);

/** Remembers what was handed over, as far back as it is read again. */
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
      // The emulator gives no event ids; but the lines of one stream and instant always come in the same order.
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
