/** What goes back over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array;
}

// As the platform writes it, capitals and missing space included.
const JSON_TYPE = 'application/json;charset=UTF-8';

/** An answer with a JSON body. */
export function jsonAnswer(status: number, body: unknown, headers: Answer['headers'] = {}): Answer {
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}

/** An answer without a body. */
export function emptyAnswer(status: number): Answer {
  return { status, headers: {}, body: '' };
}

/** The same answer with more headers. */
export function withHeaders(answer: Answer, headers: Answer['headers']): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** A request that the platform refuses, with the answer that says so. Thrown from anywhere below the listener. */
export class Refused extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

/**
 * What answers a request. Most of the platform is one synchronous step, so that requests take effect in the order in
 * which they arrived; only what must wait for somebody else (a webhook's handshake) gives a promise.
 */
export type Answering = Answer | Promise<Answer>;

/** What `work` answers, or the refusal it threw. */
export function answerOf(work: () => Answering): Answering {
  try {
    const answering = work();
    return answering instanceof Promise ? answering.catch(refusalOf) : answering;
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): Answer {
  if (error instanceof Refused) return error.answer;
  throw error;
}

/** `change` done to an answer, now or when it is there. */
export function mapAnswer(answering: Answering, change: (answer: Answer) => Answer): Answering {
  return answering instanceof Promise ? answering.then(change) : change(answering);
}
