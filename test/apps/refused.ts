import { App, CfnResource, Stack } from 'aws-cdk-lib';

/** An app that synthesises and that the emulator refuses. */
const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Refused', {
  env: { account: '000000000000', region: 'us-east-1' },
});
new CfnResource(stack, 'Unknown', { type: 'AWS::IVS::Channel' });
