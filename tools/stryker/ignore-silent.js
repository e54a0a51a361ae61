// A plugin of StrykerJS: leaves code out of the mutants where a mutant says nothing.

/** Of a log, and `telemetry.log(…)`, which gives each line its fields. */
const levels = new Set(['info', 'warn', 'error', 'log']);
const order = new Set(['<', '<=', '>', '>=']);

/** Whether the node is `telemetry.warn(…)`, `telemetry.log(…).error(…)` or `logDelivery(…)`: these change nothing that the code does. */
const isLogCall = (node) => {
  if (node?.type !== 'CallExpression') return false;
  if (node.callee.type !== 'MemberExpression') return /^log[A-Z]/.test(node.callee.name ?? '');
  const { object, property } = node.callee;
  const isLog = ['telemetry', 'log'].includes(object.name ?? object.property?.name);
  return levels.has(property.name) && (isLog || isLogCall(object));
};

const isLogStatement = (node) => node.type === 'ExpressionStatement' && isLogCall(node.expression);

/** Whether the path is a log line, or a part of one. */
const isOfLogLine = ({ node, parent }) =>
  isLogCall(node) ||
  (isLogCall(parent) && parent.arguments.includes(node)) ||
  isLogStatement(node) ||
  (node.type === 'BlockStatement' && node.body.length > 0 && node.body.every(isLogStatement));

/** Whether the path is the text in `new …Error('…')`, or the name in one of `parseMessage`: a test would only repeat it. */
const isErrorText = ({ node, parent }) =>
  ['NewExpression', 'CallExpression'].includes(parent?.type) &&
  parent.arguments.includes(node) &&
  ['StringLiteral', 'TemplateLiteral'].includes(node.type) &&
  (parent.callee.name?.endsWith('Error') === true || parent.callee.name === 'parseMessage');

/** Whether the path is the first half of `at !== undefined && at > now`: the second is false for undefined, too. */
const isForCompiler = ({ node, parent }) =>
  parent?.type === 'LogicalExpression' &&
  parent.operator === '&&' &&
  parent.left === node &&
  node.operator === '!==' &&
  node.left.type === 'Identifier' &&
  node.right.name === 'undefined' &&
  order.has(parent.right.operator) &&
  [parent.right.left.name, parent.right.right.name].includes(node.left.name);

/** @returns the reason for which the code at the path is left out, if it is */
function shouldIgnore(path) {
  if (isOfLogLine(path)) return 'a log line';
  if (isErrorText(path)) return 'the text of an error';
  return isForCompiler(path) ? 'a check that only the compiler needs' : undefined;
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'silent', value: { shouldIgnore } }];
