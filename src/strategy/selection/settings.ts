/** The one configuration of selection, for all tenants. */
export const settings = {
  /** Tasks that one period of the evidence spans at least: the grain at which age and change are seen. */
  tasksPerPeriod: 20,
  /** Age in tasks at which evidence counts for 1/e of what it did. */
  memory: 8_000,
  /** Tasks before a plan's introduction that make it a newcomer: others had been tried by then. */
  settledTasks: 20,
  /** Tasks ahead that are planned for in a tenant without history; its own number of tasks comes on top. */
  firstHorizon: 100,
  /** Share of those for which trying a plan is taken to pay: the plan may change, or not be asked for again. */
  plannedShare: 0.5,
  /** Share of the choices that explore whatever the index says. */
  exploration: 0.01,
  /** How far a plan has to lag behind the best to be explored half as often. */
  explorationGap: 0.02,
  /**
   * Log-likelihood ratios in favour of a change that raise an alarm: 6 in 100 unchanged plans raise one in a thousand
   * executions that were predicted rightly.
   */
  alarm: 7,
  /** What is kept of the other plans' evidence when a plan has changed that all tasks went to: others may have, too. */
  keptAtAlarm: 0.1,
  /** Executions that all of a plan's own evidence from before its change still weighs as. */
  ownKept: 5,
  /** Tasks in which no more than that is taken from the others' evidence, however many alarms there are. */
  doubtTasks: 2_000,
  /** Periods of a plan within which a change is looked for. */
  alarmPeriods: 40,
  /**
   * Standard deviations on the scale of probability at a mean of one half, where they are widest; elsewhere
   * they shrink by 4 p (1 - p), as a constant spread of log-odds does.
   */
  spread: { plan: 0.15, category: 0.1, planInCategory: 0.1, newcomer: 0.25, mean: 0.25 },
  /** Plans' or categories' worth of evidence that those spreads weigh as. */
  spreadWeight: 4,
  /** Rewards by which a plan's own rate is shrunk where its noise is taken from it: few failures are no certainty. */
  rateWeight: 10,
  /** Rewards of yes and no that stand for what is not known yet of how far rewards vary. */
  noiseWeight: 3,
  /** How many times the expected cost of a plan that is dearer than the budget must have been saved. */
  savedForDear: 3,
  /** Observations that a category's cost or time is shrunk by to its plan's. */
  amountWeight: 3,
  /** Standard deviation of the logarithms of plans' costs, or times, before they are known. */
  amountSpread: 1.5,
} as const;
