/** The `type` of every ApplicationFailure that Journeyman throws, and its plain errors outside Temporal. */
export const ErrorType = {
  invalidInput: 'InvalidInput',
  invalidReport: 'InvalidReport',
  noPlan: 'NoPlan',
  unknownAgent: 'UnknownAgent',
  notFound: 'NotFound',
  conflict: 'Conflict',
  storeUnavailable: 'StoreUnavailable',
  workerShutdown: 'WorkerShutdown',
} as const;

/** Input that does not fit: names the field, the value given and what is allowed. Never worth a retry. */
export class InvalidInputError extends Error {
  override readonly name: string = 'InvalidInputError';
  constructor(
    readonly field: string,
    readonly value: unknown,
    readonly allowed: string,
  ) {
    super(`${field}: ${preview(value)} is not allowed; expected ${allowed}`);
  }
}

/** Something asked for by id that the tenant does not have. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
  constructor(what: string, id: string, because?: string) {
    super(`${what} ${JSON.stringify(id)} was not found${because === undefined ? '' : `: ${because}`}`);
  }
}

/** Someone else's change came first; read again and decide anew. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/** More than may be done in a while; the same is allowed later. */
export class RateLimitError extends Error {
  override readonly name = 'RateLimitError';
  constructor(
    message: string,
    /** Seconds after which it is worth another try. */
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}

/** A value as it may stand in a message: JSON, at most 80 characters. */
export function preview(value: unknown): string {
  const text = value === undefined ? 'undefined' : (JSON.stringify(value) ?? typeof value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** An agent type that the configuration does not declare. */
export class UnknownAgentError extends InvalidInputError {
  constructor(type: string, known: readonly string[]) {
    super(
      'agent',
      type,
      known.length > 0 ? `one of ${known.join(', ')}` : 'a declared agent, and none is declared',
    );
  }
}
