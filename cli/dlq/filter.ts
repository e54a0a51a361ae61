import { type Command, InvalidArgumentError, Option } from 'commander';
import { failureCauses, isFailureCause } from '../../lambdas/domain/delivery-failure.ts';
import type { EndpointId, TenantId } from '../../lambdas/domain/ids.ts';
import { quoted } from '../terminal/next-command.ts';
import { destinationIdArgument, tenantArgument } from '../terminal/parse-arguments.ts';
import type { DeadMessage } from './dead-letter.ts';
import type { Dlq } from './queues-of-stack.ts';

/** Selects dead letters; an undefined field does not filter. */
export interface DeadLetterFilter {
  readonly id?: string;
  readonly tenant?: TenantId;
  readonly endpoint?: EndpointId;
  /** A cause such as `refused`, or a part of the reason, case-insensitive. */
  readonly reason?: string;
}

/** The options of every command that works on dead letters. */
export const withFilters = (command: Command): Command =>
  command
    .addOption(new Option('--tenant <tenant>', 'only dead letters for this tenant').argParser(tenantArgument))
    .addOption(
      new Option(
        '--endpoint <id>',
        'only dead letters for this endpoint of --tenant; without --tenant, for an endpoint that has no tenant',
      ).argParser(destinationIdArgument),
    )
    .addOption(
      new Option(
        '--reason <text>',
        `only dead letters with this cause (${failureCauses.join(', ')}), or with this text in the reason, such as 410`,
      ).argParser(textArgument),
    )
    .addOption(new Option('--id <id>', 'only the dead letter with this id').argParser(textArgument));

/** Refuses an empty text, as from an unset variable, which would select every dead letter. */
function textArgument(given: string): string {
  if (given.trim() === '') throw new InvalidArgumentError('It is empty.');
  return given;
}

/** Whether a dead letter of a queue matches all given options. */
export const meantBy =
  (filter: DeadLetterFilter, { source }: Pick<Dlq, 'source'>) =>
  (dead: DeadMessage): boolean =>
    (source === undefined || dead.source === source) &&
    (filter.id === undefined || dead.id === filter.id) &&
    (filter.tenant === undefined || dead.tenant === filter.tenant) &&
    (filter.endpoint === undefined || isFor(dead, filter.endpoint, filter.tenant)) &&
    (filter.reason === undefined || hasReason(dead, filter.reason));

/** An endpoint's id is unique within its tenant only. */
const isFor = ({ endpointId, tenant }: DeadMessage, endpoint: EndpointId, ofTenant?: TenantId): boolean =>
  endpointId === endpoint && (tenant ?? '') === (ofTenant ?? '');

/** The name of a cause matches that cause only, unless the dead letter has no cause. */
function hasReason({ cause, reason }: DeadMessage, wanted: string): boolean {
  const text = wanted.toLowerCase();
  if (cause !== undefined && isFailureCause(text)) return cause === text;
  return reason.toLowerCase().includes(text);
}

/** Whether any filter is given. */
export const isNarrow = ({ id, tenant, endpoint, reason }: DeadLetterFilter): boolean =>
  [id, tenant, endpoint, reason].some((option) => option !== undefined);

/** The given options as text, for another command about the same dead letters. */
export const typedFilters = ({ id, tenant, endpoint, reason }: DeadLetterFilter): string =>
  Object.entries({ tenant, endpoint, reason, id })
    .flatMap(([name, value]) => (value === undefined ? [] : [` --${name} ${quoted(value)}`]))
    .join('');
