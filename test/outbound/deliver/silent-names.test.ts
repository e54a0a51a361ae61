import { lookup } from 'node:dns/promises';
import { describe, expect, it } from 'vitest';
import { nameResolver, type Resolve } from '../../../lambdas/adapters/http/name-resolver.ts';
import { httpSender } from '../../../lambdas/adapters/http/sender.ts';
import { millis } from '../../../lambdas/domain/time.ts';
import { outboundSettings } from '../../support/fixtures/outbound.ts';
import { dnsServer } from '../../support/worlds/dns-server.ts';
import { httpServer } from '../../support/worlds/local-server.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const settings = { ...outboundSettings, localEndpoints: true, connectTimeout: millis(2_000) };

/** Only names of this machine may lead to it, and they are not asked for: so they are asked for under another name. */
const aliased =
  (resolve: Resolve): Resolve =>
  (name, options, callback) =>
    resolve(name.replace('.localhost', '.example'), options, callback);

describe('a batch in which two names are never answered', () => {
  it('a batch with two names that are never resolved delivers everything else at once, and AWS calls still find theirs', async () => {
    using server = await httpServer(
      (request, response) => void request.resume().on('end', () => response.end()),
    );
    using dns = await dnsServer(({ name }) =>
      name.startsWith('hangs') ? 'silent' : { addresses: ['127.0.0.1'] },
    );
    const world = outboundWorld(undefined, settings);
    const sender = httpSender(settings, aliased(nameResolver([dns.address])));
    const ended: string[] = [];
    const post: typeof sender.post = async (request) => {
      const outcome = await sender.post(request);
      ended.push(new URL(request.url).hostname.replace('.localhost', ''));
      return outcome;
    };
    const publish = async (id: string) => {
      const url = `http://${id}.localhost:${server.port}/`;
      await world.publish({ id, type: 'invoice.paid', data: {}, endpoint: { id, url } });
    };

    for (const batch of [1, 2]) {
      const healthy = Array.from({ length: 8 }, (_, index) => `healthy-${batch}-${index}`);
      const hanging = [`hangs-${batch}-1`, `hangs-${batch}-2`];
      for (const id of [...hanging, ...healthy]) await publish(id);
      const working = world.deliverOnce({ ...world.deliverPorts, post }, 10);
      await Promise.all([1, 2, 3, 4].map(() => lookup('localhost')));
      ended.push('calls to AWS');
      await working;

      expect(new Set(ended.splice(0).slice(-2))).toEqual(new Set(hanging));
    }

    const deliveries = [...world.table.deliveries.values()];
    const isHanging = ({ eventId }: { readonly eventId: string }) => eventId.startsWith('hangs');
    expect(new Set(deliveries.filter((one) => !isHanging(one)).map(({ status }) => status))).toEqual(
      new Set(['delivered']),
    );
    for (const { attempts, lastError } of deliveries.filter(isHanging)) {
      expect(attempts).toBe(1);
      expect(lastError).toMatch(
        /^dns: no DNS response for hangs-\d-\d\.localhost within 2000 ms \(ETIMEOUT\)$/,
      );
    }
    sender.close();
  });
});
