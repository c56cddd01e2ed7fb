import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { messageOf } from '../runtime/log.ts';
import { type Random, randomText } from '../runtime/random.ts';
import { GRANT_TYPES } from './authorization/grant.ts';
import { TOKEN_PATH } from './authorization/token-endpoint.ts';
import { isControlPath } from './control-path.ts';
import { type FaultAction, faultAnswer } from './faults.ts';
import { answerPlatform } from './platform.ts';
import type { OpenEntry } from './request-log.ts';
import type { Answer, Answering } from './wire/answer.ts';
import { headOf, PlatformRequest, type RequestHead, readBody } from './wire/platform-request.ts';
import { bodyTooLong, unavailable } from './wire/rest-refusal.ts';
import type { World } from './world.ts';

const REQUEST_ID_BYTES = 16;
const REQUEST_ID = 'rcrequestid';
const LENGTH = 'content-length';
const LARGE = 1024 * 1024;

/**
 * Answers HTTP: the controls, and everything else as the platform does.
 *
 * @param stopping  aborts when the sandbox closes; a request that a fault delays is not waited for then
 */
export function createListener(world: World, random: Random, stopping: AbortSignal): RequestListener {
  return (incoming, response) => {
    const head = headOf(incoming);
    const answering = isControlPath(head.path) ? serveControl(world, incoming, head) : servePlatform(world, incoming, head, stopping);
    answering
      .then((answer) => (answer ? send(response, answer, randomText(random, REQUEST_ID_BYTES)) : incoming.socket.destroy()))
      // The caller has gone in the middle of its request, or the sandbox is closing.
      .catch(() => incoming.socket.destroy());
  };
}

async function serveControl(world: World, incoming: IncomingMessage, head: RequestHead): Promise<Answer> {
  // Loaded where it is wanted: their schemas take longer to load than all the rest of the sandbox.
  const [body, { answerControl }] = await Promise.all([readBody(incoming), import('./control-plane.ts')]);
  if (body === undefined) return bodyTooLong().answer;
  return durably(world, () => answerControl(world, new PlatformRequest(head, body)));
}

/** @returns nothing where a fault has the connection die */
async function servePlatform(world: World, incoming: IncomingMessage, head: RequestHead, stopping: AbortSignal): Promise<Answer | undefined> {
  const entry = world.requestLog.add(world.now(), head.method, head.path);
  const body = await readBody(incoming);
  if (body === undefined) return logged(entry, bodyTooLong().answer);
  const request = new PlatformRequest(head, body);
  const action = meetFault(world, entry, request);
  // It takes effect though its caller has lost patience: a slow platform knows nothing of that.
  const delayMs = (action?.delayMs ?? 0) + world.latencies.next(request.method, request.path);
  if (delayMs > 0) await world.clock.sleep(delayMs, stopping);
  if (action?.drop === 'before') return undefined;
  const answer = logged(entry, await durably(world, () => (action && faultAnswer(action)) ?? answerPlatform(world, request)));
  return action?.drop === 'after' ? undefined : answer;
}

function meetFault(world: World, entry: OpenEntry, request: PlatformRequest): FaultAction | undefined {
  const grantType = grantTypeOf(request);
  if (grantType !== undefined) entry.grantType = grantType;
  return world.faults.take({ method: request.method, path: request.path, grantType });
}

// Only the names that are known: what else is sent there could be anything, a misplaced secret too.
function grantTypeOf({ path, form }: PlatformRequest): string | undefined {
  const grantType = path === TOKEN_PATH ? form.get('grant_type') : null;
  return grantType !== null && GRANT_TYPES.includes(grantType) ? grantType : undefined;
}

function logged(entry: OpenEntry, answer: Answer): Answer {
  entry.status = answer.status;
  return answer;
}

/** Whatever `work` has changed is on the disk before its answer leaves; so is what another request's answer stands on. */
async function durably(world: World, work: () => Answering): Promise<Answer> {
  try {
    world.agenda.runDue();
    const answering = work();
    const answer = answering instanceof Promise ? await answering : answering;
    await world.journal.durable();
    return answer;
  } catch (error) {
    world.log.error('sandbox.request_failed', { cause: messageOf(error) });
    return unavailable().answer;
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer, requestId: string): void {
  const hasLength = body !== '' || status !== 204;
  // Names and values in one list: Node writes those out as they are.
  const head: (string | readonly string[])[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (name !== REQUEST_ID && !(hasLength && name === LENGTH)) head.push(name, value);
  }
  if (hasLength) head.push(LENGTH, String(Buffer.byteLength(body)));
  head.push(REQUEST_ID, requestId);
  response.writeHead(status, head as string[]);
  // Node puts a text behind the head first, as one text: of a large one that would be a copy more.
  response.end(body.length > LARGE && typeof body === 'string' ? Buffer.from(body) : body);
}
