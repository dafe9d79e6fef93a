/** `journeyman.config.json`: what is allowed in it, and reading it. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { TENANT_PATTERN } from './shared/ids.js';
import { jsonSyntaxError } from './shared/json-syntax.js';
import { type Problem, problemsOf, problemText } from './shared/problems.js';
import { createRedactor } from './shared/redact.js';
import { learningModes, strategies } from './shared/terms.js';

export const CONFIG_FILE = 'journeyman.config.json';

/** An object that takes no other fields than these, and says so. */
function fields<const S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? `only the fields ${Object.keys(shape).join(', ')}` : undefined,
  });
}

const programSchema = z
  .array(z.string().regex(/^[^\0]+$/, 'text without NUL'))
  .min(1)
  .describe(
    'Program and arguments; never a shell. Parts that begin with ./ or ../ and name a file beside the configuration are resolved against its folder',
  );

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable (letters, digits, _)');

const seconds = z
  .number()
  .positive()
  .max(7 * 86_400);

const limitsSchema = fields({
  startToCloseSeconds: seconds.default(600).describe('Longest run of one call'),
  scheduleToStartSeconds: seconds.default(30).describe('Longest wait for a worker to take the call'),
  heartbeatSeconds: seconds.default(30).describe('Silence after which the worker counts as dead'),
  maxConcurrent: z.number().int().min(1).max(1_000).default(4).describe('Calls at once on one worker'),
  maxReportBytes: z
    .number()
    .int()
    .min(10_000)
    .max(1_800_000)
    .default(1_000_000)
    .describe('Largest report that is handed on; larger ones are cut'),
});

const shared = {
  type: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      '1 to 64 letters, digits, ".", "_" or "-", beginning with a letter or digit',
    ),
  capabilities: z.array(z.string().min(1).max(100)).default([]),
  idempotent: z.boolean().default(false).describe('Whether a call may be repeated after it started'),
  taskQueue: z.string().min(1).max(200).exactOptional(),
  limits: limitsSchema.prefault({}),
  verify: programSchema
    .exactOptional()
    .describe('Decides success by its exit code, unless the task brings its own'),
  costPerRun: z.number().min(0).exactOptional().describe('USD, used when a report names no cost'),
};

const commandAgentSchema = fields({
  kind: z.literal('command'),
  ...shared,
  command: programSchema,
  cwd: z
    .string()
    .min(1)
    .exactOptional()
    .describe("Used when a task has no workspace; default: the configuration's folder"),
  env: z.record(variableName, z.string()).exactOptional(),
  passEnv: z.array(variableName).exactOptional().describe("Variables of the worker's environment to hand on"),
}).describe('Any program: AgentTask as JSON on stdin, AgentReport or plain text on stdout');

const httpAgentSchema = fields({
  kind: z.literal('http'),
  ...shared,
  url: z.url({ protocol: /^https?$/, error: 'an http or https URL' }),
  headers: z
    .record(
      z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'the name of a header'),
      z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'one line of text'),
    )
    .exactOptional()
    .describe('A value "env:NAME" is read from the worker\'s environment'),
}).describe('A service: AgentTask by POST, AgentReport back');

const recordedAgentSchema = fields({
  kind: z.literal('recorded'),
  ...shared,
  file: z.string().min(1).describe('JSON lines of {"taskId" or "description", "report"}'),
}).describe('Answers from a file');

const activityAgentSchema = fields({
  kind: z.literal('activity'),
  ...shared,
}).describe('An activity `runAgent` on a worker of your own, in any language');

const agentDeclarationSchema = z.discriminatedUnion('kind', [
  commandAgentSchema,
  httpAgentSchema,
  recordedAgentSchema,
  activityAgentSchema,
]);

export type AgentDeclaration = z.infer<typeof agentDeclarationSchema>;
export type CommandAgent = z.infer<typeof commandAgentSchema>;
export type HttpAgent = z.infer<typeof httpAgentSchema>;
export type RecordedAgent = z.infer<typeof recordedAgentSchema>;
/** The agents that Journeyman's own worker can run. */
export type HostedAgent = CommandAgent | HttpAgent | RecordedAgent;

/** Whether Journeyman's own worker runs this agent, rather than a worker of somebody else's. */
export const isHosted = (declaration: AgentDeclaration): declaration is HostedAgent =>
  declaration.kind !== 'activity';

const regexSource = z.string().min(1).refine(isRegex, 'the source of a regular expression');

const planSchema = fields({
  strategy: z.enum(strategies),
  agents: z
    .array(z.string())
    .min(1)
    .describe('Types of declared agents; the first of a hierarchical plan leads'),
  onFailure: z
    .enum(['next', 'stop'])
    .exactOptional()
    .describe('Sequential plans only: what a failed stage does; default next'),
  verifier: z.string().exactOptional().describe('Consensus plans only: agent that judges the answers'),
});

const fileSchema = fields({
  $schema: z.string().exactOptional(),
  tenant: z.string().regex(TENANT_PATTERN, `text matching ${TENANT_PATTERN}`).exactOptional(),
  agents: z.array(agentDeclarationSchema).default([]),
  plans: z.array(planSchema).default([]).describe('Plans to choose from, besides each agent alone'),
  learning: z.enum(learningModes).default('full'),
  withholding: fields({
    share: z.number().min(0).max(1).default(0.05).describe('Share of learnings withheld at random'),
  }).prefault({}),
  mongodb: fields({
    uri: z
      .string()
      .regex(/^mongodb(\+srv)?:\/\/./, 'a mongodb:// or mongodb+srv:// address')
      .exactOptional(),
    database: z
      .string()
      .regex(/^[^/\\. "$*<>:|?\0]{1,63}$/, 'the name of a database')
      .exactOptional(),
  }).exactOptional(),
  temporal: fields({
    address: z.string().min(1).exactOptional(),
    namespace: z.string().min(1).exactOptional(),
    taskQueue: z.string().min(1).max(200).default('journeyman'),
  }).prefault({}),
  redact: z.array(regexSource).default([]).describe('Further regular expressions whose matches are secrets'),
});

/** Schema of the configuration file, with the rules that span fields. */
export const configSchema = fileSchema.superRefine((config, context) => {
  const known = config.agents.map(({ type }) => type);
  const complain = (at: PropertyKey[], message: string) =>
    context.addIssue({ code: 'custom', path: at, message });
  known.forEach((type, index) => {
    if (known.indexOf(type) !== index) {
      complain(['agents', index, 'type'], `a type of its own; agents[${known.indexOf(type)}] has it already`);
    }
  });
  const oneOf = known.length === 0 ? 'no agents are declared' : `one of ${known.join(', ')}`;
  config.plans.forEach((plan, index) => {
    const at = (...rest: PropertyKey[]) => ['plans', index, ...rest];
    plan.agents.forEach((type, position) => {
      if (!known.includes(type)) complain(at('agents', position), oneOf);
    });
    const fits = plan.strategy === 'single' ? plan.agents.length === 1 : plan.agents.length >= 2;
    if (!fits) {
      complain(
        at('agents'),
        `${plan.strategy === 'single' ? 'one agent' : 'two or more agents'} (${plan.strategy})`,
      );
    }
    if (plan.onFailure !== undefined && plan.strategy !== 'sequential') {
      complain(at('onFailure'), 'it only in sequential plans');
    }
    if (plan.verifier === undefined) return;
    if (plan.strategy !== 'consensus') complain(at('verifier'), 'it only in consensus plans');
    else if (!known.includes(plan.verifier)) complain(at('verifier'), oneOf);
  });
});

export type Config = Omit<z.infer<typeof fileSchema>, '$schema'>;

/** A configuration that cannot be used: names the file, and of each problem field, value and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(
    readonly file: string,
    readonly problems: readonly Problem[],
  ) {
    const lines = problems.map((problem) => createRedactor().text(problemText(problem)));
    super(
      lines.length === 1
        ? `${file}: ${lines[0]}`
        : `${file}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    );
  }
}

/**
 * Reads a configuration; paths in it come back absolute, resolved against its folder.
 *
 * @param file path of the file. Without it, `journeyman.config.json` of the current folder is read, and where
 *   there is none the defaults apply.
 * @throws ConfigError when the file cannot be read, is not JSON or does not fit the schema
 */
export async function loadConfig(file?: string): Promise<Config> {
  const wanted = path.resolve(file ?? CONFIG_FILE);
  if (file === undefined && !existsSync(wanted)) return parseConfig({}, wanted);
  const text = await readFile(wanted, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(wanted, [
      {
        field: 'file',
        value: file ?? CONFIG_FILE,
        allowed: `a readable file (${error.code ?? error.message})`,
      },
    ]);
  });
  const source = text.replace(/^\uFEFF/, '');
  const syntax = jsonSyntaxError(source);
  if (syntax !== null) {
    const field = `line ${syntax.line}, column ${syntax.column}`;
    throw new ConfigError(wanted, [{ field, value: syntax.found, allowed: syntax.allowed }]);
  }
  return parseConfig(JSON.parse(source), wanted);
}

/**
 * Checks a configuration given as a value.
 *
 * @param input the parsed JSON
 * @param file where it stands: named in errors, and paths are resolved against its folder
 * @throws ConfigError when it does not fit the schema
 */
export function parseConfig(input: unknown, file: string): Config {
  const parsed = configSchema.safeParse(input);
  if (!parsed.success) throw new ConfigError(file, problemsOf(parsed.error, input));
  const { $schema: _, ...config } = parsed.data;
  const folder = path.dirname(path.resolve(file));
  const agents = config.agents.map((declaration) => resolvePaths(declaration, folder));
  const missing = agents.flatMap((agent, index): Problem[] =>
    agent.kind === 'recorded' && !isFile(agent.file)
      ? [{ field: `agents[${index}].file`, value: agent.file, allowed: 'an existing file' }]
      : [],
  );
  if (missing.length > 0) throw new ConfigError(file, missing);
  return { ...config, agents };
}

function resolvePaths(declaration: AgentDeclaration, folder: string): AgentDeclaration {
  const program = (parts: string[]) => parts.map((part) => besideConfig(part, folder));
  const agent =
    declaration.verify === undefined ? declaration : { ...declaration, verify: program(declaration.verify) };
  if (agent.kind === 'command') {
    return { ...agent, command: program(agent.command), cwd: path.resolve(folder, agent.cwd ?? '.') };
  }
  return agent.kind === 'recorded' ? { ...agent, file: path.resolve(folder, agent.file) } : agent;
}

/** Programs run in a task's workspace, so a script beside the configuration needs its whole path. */
function besideConfig(part: string, folder: string): string {
  if (!/^\.\.?\//.test(part)) return part;
  const absolute = path.resolve(folder, part);
  return isFile(absolute) ? absolute : part;
}

const isFile = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;

function isRegex(source: string): boolean {
  try {
    createRedactor([source]);
    return true;
  } catch {
    return false;
  }
}
