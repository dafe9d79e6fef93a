/** The shape of a healthy module that the workload damages. */

/** What the code of a module deals with; a reporter of a bug can tell this without knowing the cause. */
export type CodeKind = 'numbers' | 'text' | 'collections' | 'dates' | 'async' | 'structures' | 'parsing';

/** One small healthy JavaScript module with its test suite. */
export interface BaseModule {
  /** Short name, unique in the workload; the main file is `<name>.mjs`, its suite `<name>.test.mjs`. */
  readonly name: string;
  readonly kind: CodeKind;
  /** What the module does, as a user of it would put it; continues "the module that …". */
  readonly about: string;
  /** Source files by path, the main file first. */
  readonly files: Readonly<Record<string, string>>;
  /** The `node:test` suite, which imports the main file. */
  readonly test: string;
}
