import { findMessageFile } from './console/message-file.ts';
import { findConsolePage } from './console/pages.ts';
import { ControlInputWrong } from './control.ts';
import { CONTROLS } from './controls/index.ts';
import { type Answer, jsonAnswer } from './wire/answer.ts';
import { isJsonObject, parseShallow } from './wire/json-body.ts';
import { hostOf, isLoopback } from './wire/loopback.ts';
import type { PathParameters } from './wire/operation.ts';
import type { PlatformRequest } from './wire/platform-request.ts';
import { Router } from './wire/route.ts';
import type { World } from './world.ts';

const ROUTER = new Router(CONTROLS);

/** Answers a control over HTTP, or shows the console. */
export function answerControl(world: World, request: PlatformRequest): Answer {
  const intrusion = intrusionOf(world, request);
  if (intrusion) return refusal(403, 'forbidden', intrusion);
  const page = request.method === 'GET' ? (findConsolePage(request.path) ?? findMessageFile(world, request.path)) : undefined;
  if (page) return page;
  const found = ROUTER.find(request.method, request.path);
  if (found.outcome === 'nothing') return refusal(404, 'not_found', 'there is no such control');
  if (found.outcome === 'other-method') return refusal(405, 'method_not_allowed', `this control takes ${found.methods.join(', ')}`);
  if (request.body !== '' && request.mediaType !== 'application/json')
    return refusal(415, 'unsupported_media_type', 'the content type must be application/json');
  try {
    return jsonAnswer(200, found.target.run(world, inputOf(request, found.parameters)));
  } catch (error) {
    if (!(error instanceof ControlInputWrong)) throw error;
    return jsonAnswer(400, { error: 'invalid_input', message: error.message, errors: [{ field: error.field, message: error.fault }] });
  }
}

/**
 * Why the request may come from a web page in a browser: it was meant for another host (a name that was bound anew to
 * this machine), or another origin has sent it. A body must be declared as JSON besides, which no form can do.
 */
function intrusionOf(world: World, { headers: { host = '', origin } }: PlatformRequest): string | undefined {
  if (!isLoopback(hostOf(host))) return 'the controls answer under a loopback name only';
  if (origin !== undefined && origin !== `${new URL(world.origin).protocol}//${host}`) return 'the controls do not answer other origins';
  return undefined;
}

// What stands in the path's braces is part of the input, under the brace's name.
function inputOf({ method, query, body }: PlatformRequest, parameters: PathParameters): unknown {
  if (method === 'GET') return { ...Object.fromEntries(query), ...parameters };
  if (body === '') return parameters;
  try {
    const input = parseShallow(body);
    return isJsonObject(input) ? { ...input, ...parameters } : input;
  } catch {
    throw new ControlInputWrong('body', 'is not JSON, or has too many levels');
  }
}

function refusal(status: number, error: string, message: string): Answer {
  return jsonAnswer(status, { error, message });
}
