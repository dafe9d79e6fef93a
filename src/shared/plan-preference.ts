/** A decision that work is to be done otherwise than before: what accepted advice changes in the choice of plans. */

/** Another agent instead of one, or two stages at once instead of one after another. */
export interface PlanPreference {
  /** Of the advice that it follows; one preference each. */
  id: string;
  category: string;
  kind: 'agent' | 'parallel';
  /** `agent`: who is replaced; `parallel`: the first stage. */
  instead: string;
  /** `agent`: who takes the work; `parallel`: the second stage. */
  prefer: string;
}
