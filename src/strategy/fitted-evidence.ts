/** A table of evidence with the model that is fitted to it, kept up as the evidence grows. Pure. */
import { type EvidenceRow, EvidenceTable } from './selection/evidence-table.js';
import { type FittedModel, fitModel, isOutgrown, type ModelTask } from './selection/fitted-model.js';

/** Share of the tasks whose rewards may be corrected before the model is fitted anew. */
const CORRECTED_SHARE = 0.02;

/** What choices lead on from, while nothing more is known. */
interface Base {
  model: FittedModel;
  revision: number;
  price: number;
}

export class FittedEvidence {
  readonly table: EvidenceTable;
  /** Counts what was taken in, so that the same evidence answers the same. */
  private revision = 0;
  /** Rewards that were corrected since the last fit. */
  private corrected = 0;
  private base: Base | undefined;
  private latest: FittedModel | undefined;
  /** Reward that one USD weighed in the last choice. */
  private price = 0;

  /**
   * @param introduced the slot at which a task was first offered each plan; read at each choice
   * @param earlier of the same tenant: its fit is led on from
   */
  constructor(introduced: ReadonlyMap<string, number>, earlier?: FittedEvidence) {
    this.table = new EvidenceTable([], introduced);
    this.latest = earlier?.latest;
  }

  /** Adds what has come to a row. */
  add(row: EvidenceRow): void {
    this.table.add(row);
    if (row.executions === 0) this.corrected += Math.abs(row.reward);
    this.touch();
  }

  /** Notes that more is known than the table holds. */
  touch(): void {
    this.revision += 1;
  }

  /**
   * What a choice leads on from: a model that is fitted to what is known now, and what money weighed in the last
   * choice before. The same for all choices until more is known.
   */
  baseFor(task: ModelTask): Readonly<Base> {
    if (this.base?.revision === this.revision) return this.base;
    const earlier = this.latest;
    const fits =
      earlier !== undefined &&
      !isOutgrown(earlier, this.table) &&
      this.corrected <= 1 + CORRECTED_SHARE * this.table.tasks;
    if (!fits) this.corrected = 0;
    const model = fits ? earlier : fitModel(this.table, task, earlier);
    this.base = { model, revision: this.revision, price: this.price };
    return this.base;
  }

  /** Notes the model that a choice was made by, and what money weighed in it. */
  chosen(model: FittedModel, price: number): void {
    this.latest = model;
    this.price = price;
  }
}
