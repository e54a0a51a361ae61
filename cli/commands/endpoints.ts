import type { Command } from 'commander';
import type * as v from 'valibot';
import type { EndpointId, TenantId } from '../../lambdas/domain/ids.ts';
import {
  CreatedEndpoint,
  EndpointView,
  PublishedView,
  SecretsView,
} from '../../lambdas/management/schemas.ts';
import { describeEndpoint, describeEndpoints, describeSecrets } from '../endpoints/format.ts';
import { addEndpointOptions, type EndpointOptions, endpointBody } from '../endpoints/options.ts';
import {
  hideGivenSecret,
  readSecretOption,
  type SecretOptions,
  secretOption,
} from '../endpoints/secret-option.ts';
import { allPages, managementOf } from '../stack/all-pages.ts';
import { parseResponse } from '../stack/parse-response.ts';
import type { TargetOptions } from '../stack/target.ts';
import { UsageError } from '../terminal/errors.ts';
import { nextCommand } from '../terminal/next-command.ts';
import { endpointIdArgument, nonNegativeNumber, tenantArgument } from '../terminal/parse-arguments.ts';
import { print } from '../terminal/print.ts';
import { addFilterTestCommand } from './filter-test.ts';

interface CreateOptions extends TargetOptions, EndpointOptions, SecretOptions {
  readonly id?: string;
  readonly ed25519?: boolean;
}
interface RotateOptions extends TargetOptions, SecretOptions {
  readonly overlapHours: number;
}

const pathOf = (tenant: TenantId, id?: EndpointId, action?: string): string =>
  ['/v1/tenants', tenant, 'endpoints', ...(id ? [id] : []), ...(action ? [action] : [])]
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
    .join('/');

/** `hookline endpoints`: manages endpoints and their secrets, by the management API. */
export function defineEndpoints(endpoints: Command): void {
  addEndpointOptions(
    endpoints.command('create').description('register an endpoint and print its secret, once'),
  )
    .argument('<tenant>', 'tenant that owns the endpoint', tenantArgument)
    .argument('<url>', 'URL that receives the events')
    .option('--id <id>', 'id of the endpoint (default: a generated one)', endpointIdArgument)
    .addOption(secretOption().conflicts('ed25519'))
    .option('--ed25519', 'sign with an Ed25519 key (v1a); the receiver verifies with its public half')
    .action((tenant: TenantId, url: string, _options: unknown, command: Command) =>
      create(tenant, { ...command.optsWithGlobals<CreateOptions>(), url }),
    );
  addEndpointOptions(endpoints.command('update'))
    .description('change the given settings; null removes a setting, as in --timeout null')
    .argument('<tenant>', 'tenant that owns the endpoint', tenantArgument)
    .argument('<id>', 'id of the endpoint', endpointIdArgument)
    .option('--url <url>', 'new URL')
    .action((tenant: TenantId, id: EndpointId, _options: unknown, command: Command) =>
      update(tenant, id, command.optsWithGlobals()),
    );
  addQueries(endpoints);
  addFilterTestCommand(endpoints);
  addActions(endpoints);
  addSecretRotation(endpoints);
  addDeletion(endpoints);
}

function addQueries(endpoints: Command): void {
  endpoints
    .command('list')
    .description('list the endpoints of a tenant')
    .argument('<tenant>', 'tenant that owns the endpoint', tenantArgument)
    .action((tenant: TenantId, _options: unknown, command: Command) =>
      list(tenant, command.optsWithGlobals()),
    );
  endpoints
    .command('show')
    .description('show an endpoint, its circuit breaker, and how many deliveries wait, since when and why')
    .argument('<tenant>', 'tenant that owns the endpoint', tenantArgument)
    .argument('<id>', 'id of the endpoint', endpointIdArgument)
    .action(async (tenant: TenantId, id: EndpointId, _options: unknown, command: Command) =>
      show(command.optsWithGlobals(), 'GET', pathOf(tenant, id)),
    );
  endpoints
    .command('secret')
    .description('show the secrets that sign now; of an Ed25519 key, the public half')
    .argument('<tenant>', 'tenant that owns the endpoint', tenantArgument)
    .argument('<id>', 'id of the endpoint', endpointIdArgument)
    .action((tenant: TenantId, id: EndpointId, _options: unknown, command: Command) =>
      reveal(command.optsWithGlobals(), pathOf(tenant, id, 'secret')),
    );
}

function addActions(endpoints: Command): void {
  for (const [action, description] of [
    ['enable', 'enable an endpoint and close its circuit breaker; held and waiting deliveries are sent now'],
    ['disable', 'disable an endpoint; its deliveries are held for 30 days'],
  ] as const) {
    endpoints
      .command(action)
      .description(description)
      .argument('<tenant>', 'tenant that owns the endpoint', tenantArgument)
      .argument('<id>', 'id of the endpoint', endpointIdArgument)
      .action((tenant: TenantId, id: EndpointId, _options: unknown, command: Command) =>
        show(command.optsWithGlobals(), 'POST', pathOf(tenant, id, action)),
      );
  }
  endpoints
    .command('test')
    .description(
      'send a test event now, even if the circuit breaker is open; a success releases waiting deliveries',
    )
    .argument('<tenant>', 'tenant that owns the endpoint', tenantArgument)
    .argument('<id>', 'id of the endpoint', endpointIdArgument)
    .action((tenant: TenantId, id: EndpointId, _options: unknown, command: Command) =>
      test(tenant, id, command.optsWithGlobals()),
    );
}

function addSecretRotation(endpoints: Command): void {
  endpoints
    .command('rotate-secret')
    .description('rotate the secret; earlier secrets sign beside the new one until the overlap ends')
    .argument('<tenant>', 'tenant that owns the endpoint', tenantArgument)
    .argument('<id>', 'id of the endpoint', endpointIdArgument)
    .option(
      '--overlap-hours <number>',
      'hours in which earlier secrets still sign, 0 to 168; 0 ends them now',
      nonNegativeNumber,
      24,
    )
    .addOption(secretOption())
    .action((tenant: TenantId, id: EndpointId, _options: unknown, command: Command) =>
      rotate(command.optsWithGlobals(), pathOf(tenant, id, 'rotate-secret')),
    );
}

function addDeletion(endpoints: Command): void {
  endpoints
    .command('delete')
    .description('delete an endpoint; its pending and held deliveries are discarded')
    .argument('<tenant>', 'tenant that owns the endpoint', tenantArgument)
    .argument('<id>', 'id of the endpoint', endpointIdArgument)
    .action((tenant: TenantId, id: EndpointId, _options: unknown, command: Command) =>
      remove(tenant, id, command.optsWithGlobals()),
    );
}

async function create(tenant: TenantId, options: CreateOptions): Promise<void> {
  const call = await managementOf(options);
  const given = await readSecretOption(options);
  const body = {
    ...endpointBody({ types: ['*'], ...options }),
    id: options.id,
    secret: given,
    secretKind: options.ed25519 ? 'v1a' : undefined,
  };
  const created = parseResponse(
    CreatedEndpoint,
    (await call({ method: 'POST', path: pathOf(tenant), body })).body,
  );
  const { endpoint } = created;
  const secret = hideGivenSecret(created.secret, given);
  print(options, { endpoint, secret }, `${describeEndpoint(endpoint)}\n${describeSecrets([secret])}`);
}

async function update(
  tenant: TenantId,
  id: EndpointId,
  options: TargetOptions & EndpointOptions,
): Promise<void> {
  const changes = endpointBody(options);
  if (Object.values(changes).every((value) => value === undefined))
    throw new UsageError('Pass at least one setting to change: --help lists them.');
  const call = await managementOf(options);
  const path = pathOf(tenant, id);
  const { etag } = await call({ method: 'GET', path });
  const { body } = await call({ method: 'PATCH', path, body: changes, ifMatch: etag });
  printEndpoint(parseResponse(EndpointView, body), options);
}

async function list(tenant: TenantId, options: TargetOptions): Promise<void> {
  const call = await managementOf(options);
  const found = await allPages(call, { method: 'GET', path: pathOf(tenant) }, EndpointView);
  print(options, found, found.length === 0 ? `${tenant} has no endpoint.` : describeEndpoints(found));
}

async function show(options: TargetOptions, method: 'GET' | 'POST', path: string): Promise<void> {
  const call = await managementOf(options);
  printEndpoint(parseResponse(EndpointView, (await call({ method, path })).body), options);
}

const printEndpoint = (endpoint: v.InferOutput<typeof EndpointView>, options: TargetOptions): void =>
  print(options, endpoint, describeEndpoint(endpoint));

async function reveal(options: TargetOptions, path: string): Promise<void> {
  const call = await managementOf(options);
  const { secrets } = parseResponse(SecretsView, (await call({ method: 'GET', path })).body);
  print(options, secrets, describeSecrets(secrets));
}

async function rotate(options: RotateOptions, path: string): Promise<void> {
  const call = await managementOf(options);
  const given = await readSecretOption(options);
  const body = { overlapHours: options.overlapHours, secret: given };
  const { secrets } = parseResponse(SecretsView, (await call({ method: 'POST', path, body })).body);
  const shown = secrets.map((secret) => hideGivenSecret(secret, given));
  print(options, shown, describeSecrets(shown));
}

async function test(tenant: TenantId, id: EndpointId, options: TargetOptions): Promise<void> {
  const call = await managementOf(options);
  const { body } = await call({ method: 'POST', path: pathOf(tenant, id, 'test') });
  const sent = parseResponse(PublishedView, body);
  print(
    options,
    sent,
    `Sent ${sent.id}. Its outcome: ${nextCommand(options, `deliveries list --tenant ${tenant} --endpoint ${id}`)}`,
  );
}

async function remove(tenant: TenantId, id: EndpointId, options: TargetOptions): Promise<void> {
  const call = await managementOf(options);
  await call({ method: 'DELETE', path: pathOf(tenant, id) });
  print(options, { tenant, id }, `Deleted ${id} of ${tenant}.`);
}
