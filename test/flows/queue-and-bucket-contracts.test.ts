import { setTimeout as pause } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../local/endpoint.ts';
import { s3Contract } from '../adapters/s3/s3-contract.ts';
import { sqsContract } from '../adapters/sqs/sqs-contract.ts';
import { type Deviation, emulatorDeviations } from '../adapters/sqs/sqs-fixture.ts';
import { describeFlow } from './support/local-stack.ts';

const isDeviation = (name: string): name is Deviation => Object.hasOwn(emulatorDeviations, name);
const deviations = Object.keys(emulatorDeviations).filter(isDeviation);

describeFlow('The stand-ins of SQS and S3', ({ outputs, ownClients }) => {
  const config = clientConfig({ url: outputs.awsEndpoint, caFile: outputs.caFile });
  // The emulator's queue URLs may have another host.
  const client = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  const made = async (Attributes: Record<string, string>) => {
    const QueueName = `contract-${crypto.randomUUID()}`;
    const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    return QueueUrl;
  };

  sqsContract(
    'the emulator',
    async () => ({
      client: ownClients.sqs,
      makeQueue: async (visibility, maxReceiveCount) => {
        const dlqUrl = await made({});
        const arn = { QueueUrl: dlqUrl, AttributeNames: ['QueueArn' as const] };
        const { Attributes } = await client.send(new GetQueueAttributesCommand(arn));
        const deadLetterTargetArn = Attributes?.QueueArn;
        const url = await made({
          VisibilityTimeout: String(visibility),
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }),
        });
        return { url, dlqUrl };
      },
      wait: (span) => pause(span * 1000),
    }),
    deviations,
  );

  const s3 = new S3Client({ ...config, forcePathStyle: true });
  s3Contract('the emulator', async () => ({ client: s3, bucket: outputs.payloadBucket }));
});
