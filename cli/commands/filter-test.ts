import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type * as v from 'valibot';
import type { EndpointId, TenantId } from '../../lambdas/domain/ids.ts';
import { FilterTestView } from '../../lambdas/management/schemas.ts';
import { managementOf } from '../stack/all-pages.ts';
import { parseResponse } from '../stack/parse-response.ts';
import type { TargetOptions } from '../stack/target.ts';
import { UsageError } from '../terminal/errors.ts';
import {
  endpointIdArgument,
  jsonArgument,
  positiveNumber,
  tenantArgument,
} from '../terminal/parse-arguments.ts';
import { print } from '../terminal/print.ts';
import { cell, table } from '../terminal/table.ts';

interface Options extends TargetOptions {
  readonly filter?: unknown;
  readonly types?: readonly string[];
  readonly data?: unknown;
  readonly dataFile?: string;
  readonly limit?: number;
}

/** `hookline endpoints filter-test`: shows which events a filter would match. */
export function addFilterTestCommand(endpoints: Command): void {
  endpoints
    .command('filter-test')
    .description('try a filter on recent events of the tenant or on a payload; sends nothing')
    .argument('<tenant>', 'tenant that owns the endpoint', tenantArgument)
    .argument('<id>', 'id of the endpoint', endpointIdArgument)
    .option('--filter <json>', 'filter to try (default: the endpoint’s)', jsonArgument)
    .option('--types <type...>', 'event types to try (default: the endpoint’s)')
    .addOption(new Option('--data <json>', 'payload to try').argParser(jsonArgument).conflicts('dataFile'))
    .option('--data-file <file>', 'payload to try, from a file')
    .option('--limit <number>', 'number of recent events, at most 50', positiveNumber)
    .action((tenant: TenantId, id: EndpointId, _options: unknown, command: Command) =>
      testFilter(tenant, id, command.optsWithGlobals()),
    );
}

async function testFilter(tenant: TenantId, id: EndpointId, options: Options): Promise<void> {
  const call = await managementOf(options);
  const path = `/v1/tenants/${encodeURIComponent(tenant)}/endpoints/${encodeURIComponent(id)}/filter-test`;
  const { filter, types, limit } = options;
  const body = { filter, eventTypes: types, limit, examples: examplesOf(options) };
  const tested = parseResponse(FilterTestView, (await call({ method: 'POST', path, body })).body);
  print(options, tested, describe(tested));
}

function examplesOf({ data, dataFile }: Options): readonly unknown[] | undefined {
  if (dataFile === undefined) return data === undefined ? undefined : [data];
  try {
    return [jsonArgument(readFileSync(dataFile, 'utf8'))];
  } catch {
    throw new UsageError(`${dataFile} cannot be read as a JSON file.`);
  }
}

function describe({ results, tested, matched }: v.InferOutput<typeof FilterTestView>): string {
  if (tested === 0) return 'The tenant had no deliveries in the last three days: pass a payload with --data.';
  const rows = results.map(({ eventId, eventType, matches, otherType, failed }) => [
    cell(eventId ?? '--data', 40),
    cell(eventType ?? '', 30),
    matches ? 'yes' : 'no',
    cell([...(otherType ? ['its type'] : []), ...failed.map(partText)].join('; '), 120),
  ]);
  return `${table(['event', 'type', 'matches', 'excluded by'], rows)}\n${matched} of ${tested} match`;
}

const partText = ({ place, part }: { readonly place: string; readonly part: unknown }): string =>
  `${place} ${JSON.stringify(part)}`.trim();
