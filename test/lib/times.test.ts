import { Duration } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { checkTimes } from '../../lib/parts/work-queue.ts';
import { workerTimes } from '../../lib/settings.ts';
import { synth } from './support/synth.ts';

describe('times', () => {
  test.each([1, 3, 60, 840])(
    'the times of a worker of %i s keep its claim, and let a redelivery find it expired',
    (seconds) => {
      const { timeout, lease, visibility } = workerTimes(Duration.seconds(seconds));

      expect(timeout.toSeconds()).toBeLessThan(lease.toSeconds());
      expect(lease.toSeconds()).toBeLessThan(visibility.toSeconds());
      expect(() => checkTimes('Work', { timeout, lease, visibility })).not.toThrow();
    },
  );

  test.each([
    [60, 60, 360],
    [60, 65, 65],
  ])(
    'times in the wrong order are refused with the three numbers: %i, %i, %i',
    (timeout, lease, visibility) => {
      const times = {
        timeout: Duration.seconds(timeout),
        lease: Duration.seconds(lease),
        visibility: Duration.seconds(visibility),
      };

      expect(() => checkTimes('Work', times)).toThrow(
        `Work: function timeout (${timeout} s) < lease (${lease} s) < visibility timeout (${visibility} s) does not hold`,
      );
    },
  );

  test('the times of sources that share a consumer are those of the slowest', () => {
    const shared = synth({
      isolation: 'shared',
      sources: {
        quick: { provider: 'stripe', handlerTimeout: Duration.seconds(5) },
        slow: { provider: 'stripe', handlerTimeout: Duration.seconds(50) },
      },
    });

    expect(shared.resources('AWS::Lambda::Function')['Sources/Consume']?.Properties).toMatchObject({
      Timeout: 50,
    });
    expect(shared.resources('AWS::SQS::Queue')['Sources/Work/Queue']?.Properties).toMatchObject({
      VisibilityTimeout: 300,
    });
  });
});
