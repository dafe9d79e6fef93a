/** The one configuration of what is expected of several agents, for all tenants. */
export const settings = {
  /** Observations of cost and time that a pair's ratio is shrunk by. */
  amountWeight: 3,
  /** Most that one pair's costs may be above what was expected of them. */
  amountCap: 10,
  /** Chance that an agent which failed says so itself; nothing is known of it, so one half. */
  admits: 0.5,
  /** Chance that an agent which judges names a right answer where there is one. */
  judges: 0.8,
  /**
   * Standard deviations of what a plan is worth about what its formula says, where that is not learned: `followed`
   * where the formula follows what the workflow does, `stages` where its parts do not do the same task.
   */
  deviation: { followed: 0.03, judged: 0.1, stages: 0.2 },
  /** Success (less what is paid for it) that a plan must promise above the best agent alone to be proposed. */
  leastGain: 0.02,
  /** Plans that differ by less are taken for equal: the cheaper is proposed. */
  tie: 0.02,
  /**
   * By how much a plan that was never tried has to be above one that was to be proposed in its place: what is believed
   * of single agents goes up and down by as much from task to task, and each new pair begins without a record.
   */
  loyalty: 0.05,
  /** Where no weight of cost is stated: how many times what a success costs on average one more may cost. */
  mostPrice: 10,
  /** Agents alone that plans of several are made of: the best, and the cheapest a success. */
  parts: { best: 6, cheapest: 3 },
  /** Plans with a record that are considered: those with the longest. */
  tried: 10,
  /** Most plans that are proposed. */
  proposals: 4,
  /** Answers that two agents gave to the same task before their agreement is believed. */
  leastCompared: 10,
  /** Agreement above which a vote has nothing to decide. */
  mostAgreement: 0.9,
} as const;
