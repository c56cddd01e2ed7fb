import { Readable } from 'node:stream';
import type { FastifyInstance, InjectOptions } from 'fastify';
import type { ClientSecretOutline } from '../domain/app.ts';
import type { ClientKeyOutline } from '../domain/client.ts';
import type { ImportReport } from '../domain/connection-import.ts';
import { ERROR_CATALOGUE, type ErrorCode } from '../domain/error-catalogue.ts';
import { type FieldFault, GatewayError } from '../domain/errors.ts';
import type {
  FreezeTarget,
  HandedToken,
  ManagedFax,
  ManagedFreeze,
  ManagedKind,
  ManagedObject,
  ManagedWeather,
  Management,
  RequestExplanation,
  TokenFor,
} from '../domain/management.ts';
import type { Page, PageRequest } from '../domain/page.ts';
import type { Secret } from '../domain/secret.ts';
import type { Fetch } from '../runtime/fetch.ts';
import { parseObject } from '../runtime/parse-object.ts';
import { readText } from '../runtime/read-text.ts';

// A page of a thousand Clients with their logins has some hundred KB.
const ANSWER_LIMIT_BYTES = 16 * 1024 * 1024;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Sends one request of Trunkline's own API, and gives what came back. */
export type Send = (request: { readonly method: Method; readonly path: string; readonly json?: object; readonly stream?: StreamedBody }) => Promise<Answer>;

/** A body that is sent as it is read. */
interface StreamedBody {
  readonly type: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  /** Where it comes from, for a person. */
  readonly from: string;
}

/**
 * Requests to a gateway over HTTP. It never follows a redirect: the credential would travel with it.
 *
 * @param bearer    the admin token, or a gateway key
 * @param deadline  called for each request: when its answer is not waited for any longer
 * @returns a sender that throws GatewayError `internal` where nothing answers
 */
export function overHttp(fetch: Fetch, origin: string, bearer: Secret, deadline: () => AbortSignal): Send {
  return async ({ method, path, json, stream }) => {
    const type = stream?.type ?? (json && 'application/json');
    try {
      const response = await fetch(new URL(`/trunkline/api/${path}`, origin), {
        method,
        headers: { authorization: `Bearer ${bearer.reveal()}`, accept: 'application/json', ...(type && { 'content-type': type }) },
        ...(json && { body: JSON.stringify(json) }),
        // How long a file takes depends on its size; while it is read, the connection shows whether anybody is there.
        ...(stream ? { body: Readable.toWeb(Readable.from(stream.chunks)) as ReadableStream, duplex: 'half' } : { signal: deadline() }),
        redirect: 'manual',
      });
      const text = await readText(response, ANSWER_LIMIT_BYTES);
      return { status: response.status, text: text ?? '', from: origin };
    } catch (error) {
      throw new GatewayError('internal', `No answer from ${origin}; start the gateway there, or correct TRUNKLINE_URL.`, { cause: error });
    }
  };
}

/** Requests to a gateway of this process, which need not listen; where they come from is told as `cli`. */
export function inProcess(server: FastifyInstance, adminToken: Secret): Send {
  return async ({ method, path, json, stream }) => {
    const request: InjectOptions = { method, url: `/trunkline/api/${path}`, remoteAddress: 'cli', headers: { authorization: `Bearer ${adminToken.reveal()}` } };
    const streamed = stream && { headers: { ...request.headers, 'content-type': stream.type }, payload: Readable.from(stream.chunks) };
    const answer = await server.inject({ ...request, ...(json && { payload: json }), ...streamed });
    return { status: answer.statusCode, text: answer.payload, from: 'this process' };
  };
}

/** The management of the gateway that `send` leads to. */
export function createManagementClient(send: Send): Management {
  const ask = async (method: Method, path: string, json?: object): Promise<unknown> => judge(await send({ method, path, ...(json && { json }) }));
  const one = (kind: ManagedKind, name: string) => `${kind}/${encodeURIComponent(name)}`;
  const verb = (target: FreezeTarget, what: string) => (target === 'everything' ? what : `${one(target.kind, target.name)}/${what}`);
  return {
    create: async (kind, body, verify = false) => (await ask('POST', verify ? `${kind}?verify=true` : kind, body)) as ManagedObject,
    replaceCredentials: async (connection, body) => (await ask('PUT', `${one('connections', connection)}/credentials`, body)) as ManagedObject,
    changeConnection: async (connection, body) => (await ask('PATCH', one('connections', connection), body)) as ManagedObject,
    changeClient: async (client, body) => (await ask('PATCH', one('clients', client), body)) as ManagedObject,
    endSessions: async (client) => ((await ask('DELETE', `${one('clients', client)}/sessions`)) as { ended: number }).ended,
    list: async (kind, page) => (await ask('GET', `${kind}?${pageQuery(page)}`)) as Page<ManagedObject>,
    show: async (kind, name) => (await ask('GET', one(kind, name))) as ManagedObject,
    weather: async (days, { limit, cursor }) => {
      const query = new URLSearchParams({ days: String(days), limit: String(limit), ...(cursor !== undefined && { cursor }) });
      return (await ask('GET', `weather?${query}`)) as ManagedWeather;
    },
    listFaxes: async (filter, { limit, cursor }) => {
      const query = new URLSearchParams({ ...filter, limit: String(limit), ...(cursor !== undefined && { cursor }) });
      return (await ask('GET', `faxes?${query}`)) as Page<ManagedFax>;
    },
    showFax: async (id) => (await ask('GET', `faxes/${encodeURIComponent(id)}`)) as ManagedFax,
    withdrawFax: async (id) => (await ask('POST', `faxes/${encodeURIComponent(id)}/withdraw`)) as ManagedFax,
    tellFax: async (id) => (await ask('POST', `faxes/${encodeURIComponent(id)}/tell`)) as ManagedFax,
    remove: async (kind, name) => {
      await ask('DELETE', one(kind, name));
    },
    freeze: async (target, reason) => (await ask('POST', verb(target, 'freeze'), { ...(reason !== undefined && { reason }) })) as ManagedFreeze,
    thaw: async (target) => {
      await ask('POST', verb(target, 'thaw'));
    },
    importConnections: async (chunks, { format, app, dryRun }) => {
      const query = new URLSearchParams({ dryRun: String(dryRun), ...(app !== undefined && { app }) });
      const type = format === 'csv' ? 'text/csv' : 'application/x-ndjson';
      return judge(await send({ method: 'POST', path: `connections/import?${query}`, stream: { type, chunks } })) as ImportReport;
    },
    addClientSecret: async (app, body) => (await ask('POST', `${one('apps', app)}/secrets`, body)) as ClientSecretOutline,
    listClientSecrets: async (app) => ((await ask('GET', `${one('apps', app)}/secrets`)) as { items: readonly ClientSecretOutline[] }).items,
    removeClientSecret: async (app, id) => {
      await ask('DELETE', `${one('apps', app)}/secrets/${encodeURIComponent(id)}`);
    },
    addClientKey: async (client, body) => (await ask('POST', `${one('clients', client)}/keys`, body)) as Awaited<ReturnType<Management['addClientKey']>>,
    listClientKeys: async (client) => ((await ask('GET', `${one('clients', client)}/keys`)) as { items: readonly ClientKeyOutline[] }).items,
    removeClientKey: async (client, id) => {
      await ask('DELETE', `${one('clients', client)}/keys/${encodeURIComponent(id)}`);
    },
    explainRequest: async (body) => (await ask('POST', 'explain-request', body)) as RequestExplanation,
    invite: async (body) => (await ask('POST', 'invitations', body)) as Awaited<ReturnType<Management['invite']>>,
    listInvitations: async (page) => (await ask('GET', `invitations?${pageQuery(page)}`)) as Awaited<ReturnType<Management['listInvitations']>>,
    revokeInvitation: async (id) => {
      await ask('DELETE', `invitations/${encodeURIComponent(id)}`);
    },
    beginSignIn: async (body) => (await ask('POST', 'sign-ins', body)) as Awaited<ReturnType<Management['beginSignIn']>>,
    finishSignIn: async (body) => (await ask('POST', 'sign-ins/finish', body)) as ManagedObject,
  };
}

/**
 * The access token that a gateway hands to the Client whose key `send` presents.
 *
 * @throws GatewayError  the one that the gateway named
 */
export async function requestToken(send: Send, connection: string, wanted?: TokenFor): Promise<HandedToken> {
  const query = wanted === undefined ? '' : `?for=${wanted}`;
  return judge(await send({ method: 'GET', path: `connections/${encodeURIComponent(connection)}/token${query}` })) as HandedToken;
}

function pageQuery({ limit, cursor }: PageRequest): URLSearchParams {
  return new URLSearchParams({ limit: String(limit), ...(cursor !== undefined && { cursor }) });
}

/** @throws GatewayError  the one that the gateway named; `internal` where the answer is none of a gateway */
function judge({ status, text, from }: Answer): unknown {
  if (status === 204) return undefined;
  const body = parseObject(text);
  if (status >= 200 && status < 300 && body) return body;
  const { code, detail, errors } = (body ?? {}) as { code?: unknown; detail?: unknown; errors?: unknown };
  if (isErrorCode(code) && typeof detail === 'string') {
    throw new GatewayError(code, detail, { faults: Array.isArray(errors) ? (errors as FieldFault[]) : [] });
  }
  throw new GatewayError('internal', `What answers at ${from} is not a Trunkline gateway (HTTP ${status}); correct TRUNKLINE_URL.`);
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CATALOGUE, code);
}
