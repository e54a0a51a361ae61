import { describe, expect, it } from 'vitest';
import { asEndpointId, asEventId, asTenantId } from '../../lambdas/domain/ids.ts';
import { openRange, rangeMessage, rangeName, rangeOf } from '../../lambdas/domain/publish-range.ts';

const after = asEndpointId('a');
const upTo = asEndpointId('m');
const ranges = [{ after, upTo }, { after }, { upTo }, {}];

describe("a range of a tenant's endpoints", () => {
  it.each(ranges)('a range of endpoints is the same after its name: %j', (range) => {
    expect(rangeOf(rangeName(range))).toEqual(range);
  });

  it('a range of endpoints has another name than every other', () => {
    expect(new Set(ranges.map(rangeName)).size).toBe(4);
  });
});

describe('the message of a range', () => {
  const message = {
    tenant: asTenantId('acme'),
    eventId: 'evt_1',
    correlationId: 'c-1',
    range: rangeName({ after, upTo }),
  };
  const text = rangeMessage({ ...message, eventId: asEventId('evt_1') });

  it('the message of a range is read as it was written', () => {
    expect(openRange(text)).toMatchObject(message);
  });

  it.each([
    ['another kind of message', text.replace('"range"', '"other"')],
    ['no tenant', text.replace('"acme"', '""')],
    ['no id', text.replace('"evt_1"', '""')],
    ['a range with another shape', text.replace(JSON.stringify(message.range), '"[1,2]"')],
    ['a range that is not JSON', text.replace(JSON.stringify(message.range), '"a-m"')],
    ['text that is not JSON', `${text}}`],
  ])('the message of a range is not read with %s', (_what, other) => {
    expect(other).not.toBe(text);
    expect(openRange(other)).toBeUndefined();
  });
});
