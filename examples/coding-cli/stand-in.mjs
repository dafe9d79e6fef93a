/**
 * Stands in for a coding CLI where there is none: takes its arguments, reads the prompt on stdin, prints its
 * events. What it does is real (files, programs, exit codes); only the thinking is written down here.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    print: { type: 'boolean', short: 'p' },
    'output-format': { type: 'string' },
    verbose: { type: 'boolean' },
    model: { type: 'string', default: 'small' },
    resume: { type: 'string' },
  },
});
/** USD for a million tokens, input and output. */
const price = { small: [1, 5], large: [5, 25] }[options.model] ?? [1, 5];
const THINKING_MS = 150;

/** What to put for what. The small model sees only half of what is wrong with coupons. */
const edits = {
  price: [['Math.floor(net', 'Math.round(net']],
  cart: [
    ['(sum, { net })', '(sum, { net, quantity })'],
    ['sum + gross', 'sum + quantity * gross'],
  ],
  shipping: [['> 5000', '>= 5000']],
  coupon: [
    [
      'return Math.round(gross(net, country) * (1 - percent / 100)) - cents',
      'return Math.max(0, left - cents)',
    ],
    [
      'const percent = coupons.reduce((sum, coupon) => sum + (coupon.percent ?? 0), 0);',
      [
        'const left = coupons.reduce(',
        '    (price, coupon) => Math.round(price * (1 - (coupon.percent ?? 0) / 100)),',
        '    gross(net, country),',
        '  );',
      ].join('\n'),
    ],
  ],
};
const hasty = [
  [
    'return Math.round(gross(net, country) * (1 - percent / 100)) - cents',
    'return Math.max(0, Math.round(gross(net, country) * (1 - percent / 100)) - cents)',
  ],
];

const prompt = await text(process.stdin);
const session = options.resume ?? randomUUID();
const name = /test\/(\w+)\.test\.mjs/.exec(prompt)?.[1];
/** A lesson on what to do about the missing file, as the prompt words it. */
const lesson = /\[(\w+)\] After "File does not exist\.", [^\n]*`(npm run generate)`/.exec(prompt);
const isHasty = options.model === 'small' && name === 'coupon';
const spent = { turns: 0, input: 0, output: 0 };

const emit = (event) => process.stdout.write(`${JSON.stringify({ ...event, session_id: session })}\n`);

/** One message of the model; its usage grows with the conversation, as a real one's does. */
function speak(content) {
  const usage = { input_tokens: Math.ceil(prompt.length / 4) + 420 * spent.turns, output_tokens: 90 };
  spent.turns += 1;
  spent.input += usage.input_tokens;
  spent.output += usage.output_tokens;
  const message = {
    id: `msg_${spent.turns}`,
    type: 'message',
    role: 'assistant',
    model: options.model,
    content,
    usage,
  };
  emit({ type: 'assistant', message, parent_tool_use_id: null });
}

/** A tool call and its result. `work` returns the result's text, or throws an Error with it. */
async function use(tool, input, work) {
  await sleep(THINKING_MS);
  const id = `toolu_${spent.turns}`;
  speak([{ type: 'tool_use', id, name: tool, input }]);
  const result = { type: 'tool_result', tool_use_id: id };
  try {
    result.content = work();
  } catch (error) {
    result.content = error.message;
    result.is_error = true;
  }
  emit({ type: 'user', message: { role: 'user', content: [result] }, parent_tool_use_id: null });
  return result.is_error !== true;
}

const read = (file) =>
  use('Read', { file_path: path.resolve(file) }, () => {
    if (!existsSync(file)) throw new Error('File does not exist.');
    return readFileSync(file, 'utf8');
  });
const edit = (file, old, replacement) =>
  use('Edit', { file_path: path.resolve(file), old_string: old, new_string: replacement }, () => {
    const source = readFileSync(file, 'utf8');
    // Found when a run is taken up that had come this far.
    if (source.includes(replacement)) return 'The file is already as wanted.';
    if (!source.includes(old)) throw new Error('String to replace not found in file.');
    writeFileSync(file, source.replace(old, replacement));
    return `The file ${file} has been updated.`;
  });
const bash = (command, description) =>
  use('Bash', { command, description }, () => {
    const [program, ...args] = command.split(' ');
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`Exit code ${status}\n${stderr}${stdout}`);
    return stdout;
  });

emit({
  type: 'system',
  subtype: 'init',
  cwd: process.cwd(),
  model: options.model,
  tools: ['Bash', 'Edit', 'Read'],
});
if (name === undefined || edits[name] === undefined) {
  process.stderr.write('stand-in: the task names none of the tests of the sample shop\n');
  process.exit(1);
}
const source = `src/${name}.mjs`;
await read(source);
if (lesson === null) {
  if (!(await read('generated/rates.mjs'))) {
    await bash('npm run build', 'Build the project');
    await bash('npm run generate', 'Generate the tax rates');
  }
} else await bash(lesson[2], 'Generate the tax rates');
for (const [old, replacement] of isHasty ? hasty : edits[name]) await edit(source, old, replacement);
const passes = isHasty || (await bash(`node --test test/${name}.test.mjs`, 'Run the test'));
const answer = [
  passes ? `${source} is fixed.` : `${source} still fails its test.`,
  ...(lesson === null ? [] : [`Applied: ${lesson[1]}`]),
].join('\n');
speak([{ type: 'text', text: answer }]);
emit({
  type: 'result',
  subtype: 'success',
  is_error: false,
  num_turns: spent.turns,
  result: answer,
  total_cost_usd: (spent.input * price[0] + spent.output * price[1]) / 1e6,
  usage: { input_tokens: spent.input, output_tokens: spent.output },
});
