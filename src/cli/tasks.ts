/** `journeyman tasks`: the newest tasks and how they went. */
import { Command, Option } from 'commander';
import { parseLimit } from './arguments.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { cost, endingText, moment, outcomeText, plain, seconds } from './format.js';
import { printJson, printTable } from './print.js';
import { duration, listTasks, type RecordedTask, totalCost } from './recorded-tasks.js';
import { withStore } from './servers.js';

interface TasksOptions {
  limit: number;
  category?: string;
  agent?: string;
  success?: 'yes' | 'no' | 'unknown';
}

const outcomes = { yes: true, no: false, unknown: null } as const;

export function tasksCommand(): Command {
  return addCommonOptions(new Command('tasks'))
    .summary('list the newest tasks')
    .description('Lists recorded tasks, newest first, with their outcome as it is known now.')
    .option('--limit <n>', 'at most so many', parseLimit, 20)
    .option('--category <name>', 'only of this category')
    .option('--agent <type>', 'only those that this agent worked on')
    .addOption(new Option('--success <is>', 'only those that went so').choices(Object.keys(outcomes)))
    .addHelpText(
      'after',
      `
Examples:
  journeyman tasks
  journeyman tasks --agent coder --success no --limit 50
  journeyman tasks --category debugging --json`,
    )
    .action(async (options: TasksOptions, command: Command) => {
      const context = await commandContext(command);
      const found = await withStore(context, (store) =>
        listTasks(store, context.tenant, {
          limit: options.limit,
          ...(options.category !== undefined && { category: options.category }),
          ...(options.agent !== undefined && { agentType: options.agent }),
          ...(options.success !== undefined && { success: outcomes[options.success] }),
        }),
      );
      if (context.json) return printJson(found.map(summaryOf));
      printTable(
        [
          { title: 'task', flexible: true },
          { title: 'ended' },
          { title: 'category' },
          { title: 'plan', flexible: true },
          { title: 'outcome' },
          { title: 'time', align: 'right' },
          { title: 'cost', align: 'right' },
          { title: 'lessons' },
        ],
        found
          .map(summaryOf)
          .map((task) => [
            plain(task.taskId),
            moment(new Date(task.endedAt)),
            plain(task.category),
            plain(task.plan ?? '-'),
            `${outcomeText(task)}${endingText(task.ending)}`,
            seconds(task.duration),
            cost(task.cost),
            `${task.lessonsShown} shown${task.lessonsWithheld > 0 ? `, ${task.lessonsWithheld} withheld` : ''}`,
          ]),
        'No tasks are recorded. Start one with: journeyman run "<task>"',
      );
    });
}

function summaryOf({ interaction, outcome }: RecordedTask) {
  const { taskId, executionId, description, analysis, choice, learnings, ending } = interaction;
  const shown = learnings.filter((item) => item.shown).length;
  return {
    taskId,
    executionId,
    description,
    endedAt: new Date(interaction.endedAt).toISOString(),
    category: analysis?.category ?? 'unknown',
    plan: choice?.plan.key ?? null,
    ending,
    ...outcome,
    duration: duration(interaction),
    cost: totalCost(interaction),
    lessonsShown: shown,
    lessonsWithheld: learnings.length - shown,
  };
}
