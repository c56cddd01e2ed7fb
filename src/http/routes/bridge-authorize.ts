import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AskingStore } from '../../bridge/asking-program.ts';
import { readAuthorizationRequest } from '../../bridge/authorization-request.ts';
import { writeWish } from '../../bridge/codes.ts';
import type { PerMinute } from '../../bridge/per-minute.ts';
import { RedirectRefused } from '../../bridge/redirect-refused.ts';
import { BridgeRefused, rateExceeded } from '../../bridge/refusal.ts';
import { BrowserCookie } from '../../connect/cookie.ts';
import type { ConnectParts } from '../../connect/parts.ts';
import { programRefusedPage } from '../../connect/program-refused-page.ts';
import { hostedRedirectUri } from '../../connect/redirect-uri.ts';
import { createSecret } from '../../connect/secrets.ts';
import { SignIns } from '../../connect/sign-ins.ts';
import { GatewayError, PublicUrlMissing } from '../../domain/errors.ts';
import type { FreezeGuard } from '../../domain/freeze.ts';
import { type Log, messageOf } from '../../runtime/log.ts';
import { sentQuery } from '../sent-query.ts';
import { refusalOf, sendBridgeRefusal } from './bridge.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';
const FORM_LIMIT_BYTES = 64 * 1024;
const PATH = '/restapi/oauth/authorize';
// The platform's own paths are described by RingCentral.
const schema = { hide: true };

/** What the authorization endpoint is handed. */
export interface AuthorizeParts {
  readonly store: AskingStore;
  readonly connect: ConnectParts;
  /** Sign-ins that are begun: each costs a row, and a question to the platform, and nobody has shown anything yet. */
  readonly starts: Pick<PerMinute, 'take'>;
  readonly freezes: Pick<FreezeGuard, 'requireClient' | 'requireApp'>;
}

/**
 * `GET` and `POST /restapi/oauth/authorize`: leads the browser to the platform's sign-in page, from where it comes back to
 * `/connect/callback` and then to the program.
 *
 * Nothing of the program's own request goes there but how the page is to look: state, PKCE and redirect URI are ours.
 */
export function bridgeAuthorizeRoutes({ store, connect, starts, freezes }: AuthorizeParts): (server: FastifyInstance) => Promise<void> {
  const cookie = new BrowserCookie(connect.publicUrl);
  const signIns = new SignIns(connect);
  const begin = async (request: FastifyRequest, reply: FastifyReply, sent: URLSearchParams): Promise<FastifyReply> => {
    const retryAfterMs = starts.take(request.callerAddress);
    if (retryAfterMs !== undefined) throw rateExceeded(retryAfterMs);
    const { wish, app: name, hints } = await readAuthorizationRequest(store, sent);
    try {
      freezes.requireClient(wish.client);
      freezes.requireApp(name);
      const app = await connect.store.findApp(name);
      if (connect.publicUrl === undefined || !app) throw new PublicUrlMissing();
      const redirectUri = await hostedRedirectUri(app, connect.publicUrl, connect.store);
      // The JavaScript SDK asks for it, where its discovery is on.
      const wished = sent.get('discovery') === 'true' ? { ...wish, discoveryOrigin: connect.publicUrl } : wish;
      const browser = cookie.read(request.headers.cookie) ?? createSecret(connect.random);
      const wanted = { connection: '', app: name, labels: {}, redirectUri, from: { wish: writeWish(wished), browser, hints } };
      const { url } = await signIns.begin(wanted, { who: `client ${wish.client}`, address: request.callerAddress, requestId: request.id });
      return reply.header('set-cookie', cookie.write(browser)).redirect(url, 302);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      connect.log.error('bridge.authorize_failed', { client: wish.client, app: name, code: error.code, message: error.message });
      throw new RedirectRefused(wish, error.status === 503 ? 'temporarily_unavailable' : 'server_error', error.code);
    }
  };
  return async (server) => {
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', { parseAs: 'string', bodyLimit: FORM_LIMIT_BYTES }, (_request, body, done) => done(null, body));
    server.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
    });
    server.setErrorHandler(async (error, request, reply) => {
      const result = error instanceof BridgeRefused ? (error.details.code ?? error.errorCode) : error instanceof GatewayError ? error.code : messageOf(error);
      await connect.trail.refused({
        who: 'unknown',
        action: 'bridgeAuthorize',
        object: 'bridge',
        address: request.callerAddress,
        result,
        requestId: request.id,
      });
      if (error instanceof RedirectRefused) return reply.redirect(error.location, 302);
      if (!request.headers.accept?.includes('text/html')) return sendBridgeRefusal(error, request, reply, connect.log);
      return sendPage(error, request, reply, connect.log);
    });
    server.get(PATH, { schema }, async (request, reply) => begin(request, reply, sentQuery(request)));
    server.post(PATH, { schema }, async (request, reply) => begin(request, reply, readForm(request)));
  };
}

// A person's browser asks for it; a program reads what the platform says.
function sendPage(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const { status, errorCode: code, details } = refusalOf(error);
  if (status >= 500) log.error('bridge.failed', { route: PATH, requestId: request.id, error: messageOf(error) });
  const { headers, body } = programRefusedPage({ status, code, retryAfterMs: details.retryAfterMs, requestId: request.id });
  if (details.retryAfterMs !== undefined) reply.header('retry-after', String(Math.ceil(details.retryAfterMs / 1_000)));
  return reply.code(status).headers(headers).send(body);
}

function readForm({ headers, body }: FastifyRequest): URLSearchParams {
  if (headers['content-type']?.split(';')[0]?.trim().toLowerCase() === FORM_TYPE) return new URLSearchParams(typeof body === 'string' ? body : '');
  throw new BridgeRefused('invalid_request', 'CMN-103', `The content type must be ${FORM_TYPE}`, { status: 415 });
}
