import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';

/** The smallest app that needs what the real one needs of the emulator: a queue, a function with a grant, a secret. */
const stack = new Stack(new App(), 'Tiny', { env: { account: '000000000000', region: 'us-east-1' } });
const queue = new Queue(stack, 'Queue', { enforceSSL: true });
const secret = new Secret(stack, 'Secret', { secretName: 'Tiny/plain' });
const echo = new Lambda(stack, 'Echo', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromInline(
    "exports.handler = async (event) => { console.log(JSON.stringify({ level: 'INFO', message: 'echo.heard', node: process.version, body: event.Records[0].body })); };",
  ),
});
echo.addEventSource(new SqsEventSource(queue));
secret.grantRead(echo);
new CfnOutput(stack, 'QueueUrl', { value: queue.queueUrl });
