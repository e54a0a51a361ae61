import type { SourceSettings } from '../source.ts';
import type { FieldRule, Provider } from './provider.ts';
import { eachRequest, hash } from './provider-dsl.ts';

/** Returns the rule for event ids: a source's `eventId` setting overrides its provider's rule. */
export function idRuleOf({ eventId }: Pick<SourceSettings, 'eventId'>, provider: Provider): FieldRule {
  switch (eventId) {
    case 'body':
      return provider.bodyId ?? hash;
    case 'request':
      return eachRequest;
    case 'provider':
      return provider.id;
  }
}
