import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BrowserCookie } from '../../connect/cookie.ts';
import { mayReturnTo } from '../../connect/invitations.ts';
import { PAGE_HEADERS, type PageAnswer } from '../../connect/page.ts';
import { connectedPage, FIELDS, type InvitationPageParts, invitationPage, jwtPage, pathOf } from '../../connect/pages.ts';
import type { ConnectParts, Visitor } from '../../connect/parts.ts';
import { MOST_TRIES, pasteJwt } from '../../connect/paste.ts';
import { hostedRedirectUri } from '../../connect/redirect-uri.ts';
import { refusedPage, refusedPageAt, refusedPath } from '../../connect/refused-page.ts';
import { createSecret, formToken, hashOf, isFormToken } from '../../connect/secrets.ts';
import { SignIns } from '../../connect/sign-ins.ts';
import { AppNotFound, GatewayError, SignInRefused } from '../../domain/errors.ts';
import type { Invitation, Way } from '../../domain/invitation.ts';
import { Secret } from '../../domain/secret.ts';
import { messageOf } from '../../runtime/log.ts';

// A JWT credential has some thousand characters; percent-encoding adds little.
const FORM_LIMIT_BYTES = 64 * 1024;
const YEAR_SECONDS = 365 * 24 * 3_600;
// Pages are for people, and not part of the API that is described.
const schema = { hide: true };
const CALLBACKS = ['/callback', '/callback/:app'] as const;

interface Link {
  readonly Params: { readonly link: string };
}

/**
 * `/connect/*`: the pages on which people connect themselves, and the address to which the platform sends them back.
 *
 * Nothing is done by opening a page: what reads links ahead of people uses none of them up.
 */
export function connectRoutes(parts: ConnectParts): (server: FastifyInstance) => Promise<void> {
  const cookie = new BrowserCookie(parts.publicUrl);
  const signIns = new SignIns(parts);
  return async (server) => {
    server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: FORM_LIMIT_BYTES }, (_request, body, done) => {
      done(null, new URLSearchParams(body as string));
    });
    server.addHook('onSend', async (_request, reply) => {
      for (const [name, value] of Object.entries(PAGE_HEADERS)) reply.header(name, value);
      if (parts.publicUrl?.startsWith('https:')) reply.header('strict-transport-security', `max-age=${YEAR_SECONDS}`);
    });
    server.setErrorHandler(async (error, request, reply) => {
      const link = (request.params as Partial<Link['Params']>).link;
      if (error instanceof SignInRefused)
        await parts.trail.refused({ ...visitorOf(request), action: 'openInvitation', object: 'connect', result: error.reason });
      if (!(error instanceof GatewayError))
        parts.log.error('connect.failed', { route: request.routeOptions.url, requestId: request.id, error: messageOf(error) });
      if (error instanceof GatewayError && error.retryAfterMs !== undefined) reply.header('retry-after', String(Math.ceil(error.retryAfterMs / 1_000)));
      // An address that holds a code is not stayed at, whatever went wrong.
      if (CALLBACKS.some((path) => request.routeOptions.url?.endsWith(path))) return reply.redirect(refusedPath(error, undefined), 303);
      return send(reply, refusedPage(error, link !== undefined && !(error instanceof SignInRefused) ? new Secret(link) : undefined));
    });
    server.setNotFoundHandler(async (_request, reply) => send(reply, refusedPage(new SignInRefused('link_unknown'), undefined)));

    server.get<Link>('/:link', { schema }, async (request, reply) => {
      const browser = cookie.read(request.headers.cookie) ?? newBrowser(reply);
      const shown = await open(request, browser, { used: true });
      return send(reply, shown.invitation.usedAt === undefined ? invitationPage(shown, await scopeOf(shown.invitation)) : await connected(shown));
    });
    server.get<Link>('/:link/jwt', { schema }, async (request, reply) => {
      const browser = cookie.read(request.headers.cookie) ?? newBrowser(reply);
      return send(reply, jwtPage(await open(request, browser, { way: 'jwt' })));
    });
    server.post<Link>('/:link/consent', { schema }, async (request, reply) => {
      const browser = requireForm(request);
      const { invitation, app, link } = await open(request, browser, { way: 'consent' });
      const { id, connection, labels } = invitation;
      if (!(await parts.store.countTry(id, MOST_TRIES, parts.clock.now()))) throw new SignInRefused('link_worn');
      const redirectUri = await hostedRedirectUri(app, parts.publicUrl ?? '', parts.store);
      const wanted = { connection, app: app.name, labels, redirectUri, from: { invitation: id, link, browser } };
      const { url } = await signIns.begin(wanted, visitorOf(request, id));
      return reply.redirect(url, 303);
    });
    server.post<Link>('/:link/jwt', { schema }, async (request, reply) => {
      const browser = requireForm(request);
      const shown = await open(request, browser, { way: 'jwt' });
      const { invitation, link } = shown;
      const pasted = (request.body as URLSearchParams).get(FIELDS.jwt) ?? '';
      const outcome = await pasteJwt(parts, signIns, { invitation, browser, pasted }, visitorOf(request, invitation.id));
      return 'faults' in outcome ? send(reply, jwtPage(shown, outcome.faults)) : reply.redirect(pathOf(link), 303);
    });
    server.get('/refused', { schema }, async (request, reply) => send(reply, refusedPageAt(request.query as object, undefined)));
    server.get<Link>('/:link/refused', { schema }, async (request, reply) =>
      send(reply, refusedPageAt(request.query as object, new Secret(request.params.link))),
    );
    for (const path of CALLBACKS) {
      server.get(path, { schema }, async (request, reply) => {
        const [address = ''] = request.url.split('?');
        const ended = await signIns.finish(
          answerIn(request),
          { browser: cookie.read(request.headers.cookie), address: `${parts.publicUrl ?? ''}${address}` },
          visitorOf(request),
        );
        if (ended.onward !== undefined) return reply.redirect(ended.onward, 302);
        // At once to an address without the code.
        if ('connected' in ended) return reply.redirect(ended.link ? pathOf(ended.link) : '/connect/callback', 303);
        return reply.redirect(refusedPath(ended.refused, ended.link), 303);
      });
    }

    const newBrowser = (reply: FastifyReply): Secret => {
      const browser = createSecret(parts.random);
      reply.header('set-cookie', cookie.write(browser));
      return browser;
    };

    /** @throws SignInRefused  the form is not one that was shown to this browser */
    const requireForm = (request: FastifyRequest<Link>): Secret => {
      const browser = cookie.read(request.headers.cookie);
      const given = request.body instanceof URLSearchParams ? (request.body.get(FIELDS.token) ?? '') : '';
      if (!browser || !isFormToken(given, browser, new Secret(request.params.link))) throw new SignInRefused('other_browser');
      return browser;
    };

    /** The invitation that a link leads to, where it may be used; or, with `used`, where this browser has used it. */
    const open = async (request: FastifyRequest<Link>, browser: Secret, { way, used = false }: { way?: Way; used?: boolean }): Promise<InvitationPageParts> => {
      const link = new Secret(request.params.link);
      const invitation = await parts.store.findInvitation(hashOf(link));
      if (!invitation || (way !== undefined && !invitation.ways.includes(way))) throw new SignInRefused('link_unknown');
      const own = used && invitation.usedBy === hashOf(browser);
      if (invitation.usedAt !== undefined && !own) throw new SignInRefused('link_used');
      if (invitation.usedAt === undefined && parts.clock.now() >= invitation.expiresAt) throw new SignInRefused('link_expired');
      const app = await parts.store.findApp(invitation.app);
      if (!app) throw new AppNotFound(invitation.app);
      return { invitation, app, link, formToken: formToken(browser, link) };
    };

    const scopeOf = async ({ connection }: Invitation): Promise<string | undefined> => (await parts.store.listGrantOutlines([connection]))[0]?.scope;

    const connected = async ({ invitation, app }: InvitationPageParts): Promise<PageAnswer> => {
      const { returnTo } = invitation;
      // The list may have become shorter since.
      const back = returnTo !== undefined && mayReturnTo(app, returnTo) ? returnTo : undefined;
      return connectedPage({ invitation, app }, await scopeOf(invitation), back);
    };
  };
}

function answerIn({ query }: FastifyRequest) {
  const given = query as Readonly<Record<string, unknown>>;
  const one = (name: string) => (typeof given[name] === 'string' && given[name] !== '' ? given[name] : undefined);
  // RFC 6749 §3.1: none may be there twice. Whoever sends that is not the platform.
  const isDoubled = Object.values(given).some(Array.isArray);
  return { state: isDoubled ? undefined : one('state'), code: one('code'), error: one('error'), issuer: one('iss') };
}

function visitorOf(request: FastifyRequest, invitation?: string): Visitor {
  return { who: invitation === undefined ? 'unknown' : `invitation ${invitation}`, address: request.callerAddress, requestId: request.id };
}

function send(reply: FastifyReply, { status, headers, body }: PageAnswer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}
