/**
 * What the stub says in place of a model: it looks for a README that is not there, finds its way, writes a
 * module, runs the test, mends what is wrong, and finishes. A lesson in its prompt saves it the first try.
 */

/** Each module as it is first written, and what is then put for what. */
const modules = {
  slug: [
    String.raw`export const slug = (text) => text.toLowerCase().match(/[a-z0-9]+/g).join('-');
`,
    ['text.toLowerCase()', String.raw`text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()`],
  ],
  initials: [
    String.raw`export const initials = (name) => name.split(' ').map((word) => word[0].toUpperCase()).join('');
`,
    ['word[0]', '[...word][0]'],
  ],
  shorten: [
    `export function shorten(text, most) {
  if (text.length <= most) return text;
  return \`\${text.slice(0, most)} …\`;
}
`,
    ['text.slice(0, most)', "text.slice(0, text.lastIndexOf(' ', most - 2))"],
  ],
  indent: [
    String.raw`export const indent = (text, by) => text.replace(/^/gm, ' '.repeat(by));
`,
    ['/^/gm', '/^(?=.)/gm'],
  ],
};

/** The answer to a request, for test/fixtures/llm-stub.mjs. */
export function answer({ body: { messages } }) {
  const prompt = messages.find(({ role }) => role === 'user').content;
  const turn = messages.filter(({ role }) => role === 'assistant').length;
  const usage = { input: Math.ceil(JSON.stringify(messages).length / 4), output: 80 };
  const step = stepsFor(prompt)[turn];
  return step === undefined
    ? { text: 'There is nothing left to do.', usage }
    : { calls: [{ name: step[0], arguments: step[1] }], usage, pauseMs: 5 };
}

function stepsFor(prompt) {
  const name = /src\/(\w+)\.mjs/.exec(prompt)?.[1];
  const lesson = /\[(\w+)\] After "README\.md: [^"]+", [^\n]*`list_files`/.exec(prompt)?.[1];
  const [draft, [wrong, right]] = modules[name];
  const path = `src/${name}.mjs`;
  const test = `test/${name}.test.mjs`;
  const run = ['run_program', { command: ['node', '--test', test] }];
  return [
    ...(lesson === undefined ? [['read_file', { path: 'README.md' }]] : []),
    ['list_files', { path: '.' }],
    ['read_file', { path: test }],
    ['write_file', { path, content: draft }],
    run,
    ['write_file', { path, content: draft.replace(wrong, right) }],
    run,
    [
      'finish',
      { success: true, output: `${path} passes its test.`, applied: lesson === undefined ? [] : [lesson] },
    ],
  ];
}
