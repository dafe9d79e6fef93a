/** The improvement that following a piece of advice would truly bring in its world. */
import { type Advice, EARLIER, GOAL, PEERS } from '../../src/performance/advice/candidate.js';
import type { Drawn } from './attempt.js';
import { drawScene, type Figure, figures, meanOf, type Scene } from './levels.js';
import { FLAKY_ERROR, type Kind, type Problem, REPEATED_ACTION, SLOW_ACTION } from './problems.js';
import type { WorldTask } from './tasks.js';
import { categoryOf, type World } from './world.js';

/** Draws that a truth stands on; both sides of a comparison share them. */
const DRAWS = 3_000;

/**
 * The true value of what is promised, as things stand on the day of the look, over the complexities of the tasks that
 * the agent had until then: a gain in points of success, else a share saved. Below zero where following it would harm.
 *
 * @returns null where the promise is about something that the worlds do not have
 */
export function truthOf(
  world: World,
  tasks: readonly WorldTask[],
  advice: Pick<Advice, 'type' | 'agentType' | 'category' | 'subject' | 'expectedImprovement'>,
  day: number,
): number | null {
  const { type, agentType: agent, category, subject } = advice;
  // What is acceptable is no fact of a world.
  if (subject === GOAL) return null;
  const complexities = complexitiesOf(tasks, agent, category, day);
  if (complexities.length === 0) return null;
  const scene: Scene = { agent, category, complexities, day };
  const { metric } = advice.expectedImprovement;
  if (type === 'PARALLEL_EXECUTION') return parallelTruth(world, scene, subject);
  const now = drawScene(world, scene, DRAWS);
  // What is read of the same few pages has to be read once, and what everybody reads costs nothing.
  if (type === 'CACHING')
    return subject === REPEATED_ACTION ? meanOf(now, figures.saved) / meanOf(now, figures.ms) : 0;
  if (type === 'ERROR_REDUCTION' && metric === 'errors' && subject !== PEERS && subject !== EARLIER)
    return errorsTruth(now, subject);
  const then = mendedScenes(world, tasks, scene, type, subject);
  if (then.length === 0) return 0;
  const mended = then.flatMap((each) => drawScene(world, each, DRAWS));
  if (type === 'ERROR_REDUCTION' && metric === 'seconds')
    return 1 - meanOf(mended, figures.ms) / meanOf(now, figures.ms);
  return gainOf(now, mended, metric, subject);
}

/** The scenes after the advice was followed: as others would, or without the problem; none where there is none. */
function mendedScenes(
  world: World,
  tasks: readonly WorldTask[],
  scene: Scene,
  type: Advice['type'],
  subject: string,
): Scene[] {
  const { agents } = categoryOf(world, scene.category);
  const others = agents.map(({ name }) => name).filter((name) => name !== scene.agent);
  if (others.includes(subject)) return [{ ...scene, agent: subject }];
  if (subject === PEERS)
    return others
      .filter((name) => complexitiesOf(tasks, name, scene.category, scene.day).length > 0)
      .map((agent) => ({ ...scene, agent }));
  const isSignature = type === 'ERROR_REDUCTION' && subject !== EARLIER;
  const wanted: readonly Kind[] = isSignature ? ['flakyTool'] : CHANGES;
  const problem = world.problems.find(
    ({ kind, agent, category }) =>
      wanted.includes(kind) && agent === scene.agent && category === scene.category,
  );
  if (problem === undefined || (isSignature && !isFlaky(subject))) return [];
  return [{ ...scene, without: problem }];
}

/** Problems that begin on a day. */
const CHANGES: readonly Kind[] = ['drift', 'slowTool', 'slowQueue'];

function gainOf(
  now: readonly Drawn[],
  then: readonly Drawn[],
  metric: Advice['expectedImprovement']['metric'],
  subject: string,
): number {
  const difference = (figure: Figure): number => meanOf(now, figure) - meanOf(then, figure);
  const share = (figure: Figure): number => 1 - meanOf(then, figure) / meanOf(now, figure);
  switch (metric) {
    case 'successRate':
      return -difference(figures.success);
    case 'seconds':
      return 1 - Math.exp(-difference(timeOf(subject)));
    case 'iterations':
      return share(figures.iterations);
    case 'errors':
      return share(figures.errors);
    default:
      return 1 - Math.exp(-difference(figures.logCost));
  }
}

/** A promise about a step is of the time that the agent's own step takes. */
function timeOf(subject: string): Figure {
  if (subject.startsWith('queue:')) return figures.logQueue;
  if (!subject.startsWith('tool:')) return figures.logMs;
  if (subject === `tool:${REPEATED_ACTION}`) return () => 0;
  return subject === `tool:${SLOW_ACTION}` ? figures.logTool : figures.logRest;
}

const isFlaky = (signature: string): boolean => FLAKY_ERROR.startsWith(signature.split(/[:<]/)[0] ?? '');

/** The signature's share of all errors. */
function errorsTruth(now: readonly Drawn[], signature: string): number {
  const kind = signature.split(':')[0] ?? signature;
  const with_ = meanOf(now, ({ errors }) => errors.filter((text) => text.startsWith(kind)).length);
  return with_ / meanOf(now, figures.errors);
}

/** What the shorter stage takes of the time of both, where the second came to its turn and does not need the first. */
function parallelTruth(world: World, scene: Scene, other: string): number {
  const category = categoryOf(world, scene.category);
  if (category.strategy !== 'sequential' || category.dependent) return 0;
  const [first = '', then = ''] = category.agents.map(({ name }) => name);
  if (![scene.agent, other].every((name) => name === first || name === then || name.includes('>'))) return 0;
  const drawn = drawScene(world, { ...scene, agent: first }, DRAWS);
  const next = drawScene(world, { ...scene, agent: then }, DRAWS, 1);
  const pairs = drawn.flatMap((one, at) => {
    const two = next[at];
    return two === undefined || !one.success ? [] : [[one.ms, two.ms] as const];
  });
  const all = pairs.reduce((sum, [one, two]) => sum + one + two, 0);
  return pairs.reduce((sum, [one, two]) => sum + Math.min(one, two), 0) / all;
}

/** Complexities of the tasks that an agent had in a category until a day. */
export function complexitiesOf(
  tasks: readonly WorldTask[],
  agent: string,
  category: string,
  day: number,
): number[] {
  return tasks
    .filter((task) => task.day <= day && task.category.name === category)
    .filter(({ calls }) => calls.some((call) => call.agent.name === agent))
    .map(({ complexity }) => complexity);
}

/** The problem that a piece of advice is right about, if any. */
export function problemFound(
  world: World,
  advice: Pick<Advice, 'type' | 'agentType' | 'category' | 'subject'>,
  day: number,
): Problem | undefined {
  return world.problems.find(
    (problem) =>
      problem.type === advice.type &&
      problem.category === advice.category &&
      problem.day <= day &&
      namesOf(problem).includes(advice.agentType) &&
      (problem.kind !== 'betterAgent' || advice.subject === problem.other),
  );
}

/** Stages belong to both of their agents. */
const namesOf = ({ kind, agent, other }: Problem): string[] =>
  kind === 'serialStages' ? [agent, other] : [agent];
