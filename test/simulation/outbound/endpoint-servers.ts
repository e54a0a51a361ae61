import { type Answer, answer } from '../../crash/outbound/scenario.ts';
import type { EndpointPlan } from './story.ts';

const accepts = answer(200);

/** The servers behind the endpoints. Each URL answers by its own script; one that a person gives later accepts all. */
export function endpointServers({ endpoints }: { readonly endpoints: readonly EndpointPlan[] }) {
  const urls = { made: 1 };
  const asked = new Map<string, number>();
  const firstUrl = (id: string): string => `https://${id}.example/hook`;
  const scripts = new Map(endpoints.map(({ id, answers }) => [firstUrl(id), answers]));

  return {
    firstUrl,
    /** A URL that no endpoint has had. */
    newUrl: (id: string): string => `https://${id}-${++urls.made}.example/hook`,
    /** The answer to the next request to a URL. */
    answer(url: string): Answer {
      const count = asked.get(url) ?? 0;
      asked.set(url, count + 1);
      const script = scripts.get(url) ?? [];
      return script[Math.min(count, script.length - 1)] ?? accepts;
    },
  };
}
