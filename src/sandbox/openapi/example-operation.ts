import type { Answer } from '../wire/answer.ts';
import { emptyAnswer, jsonAnswer } from '../wire/answer.ts';
import type { Operation, PublicCall, TokenCall } from '../wire/operation.ts';
import { checkRequest } from './check-request.ts';
import type { DescribedOperation } from './described-operation.ts';
import type { Examples } from './example.ts';
import { exampleContent } from './example-content.ts';
import type { Schemas } from './schemas.ts';

/** An operation of the file's, which is answered by example: nothing is remembered of it. */
export function exampleOperation(described: DescribedOperation, schemas: Schemas, examples: Examples): Operation {
  const { method, path, group, permission, userPermission } = described;
  const answerPublic = (call: PublicCall) => {
    checkRequest(described, call.request, call.parameters, schemas);
    return answerByExample(described, call, {}, examples);
  };
  const answer = (call: TokenCall & { readonly account?: { readonly id: number }; readonly owner?: { readonly extension: { readonly id: number } } }) => {
    checkRequest(described, call.request, call.parameters, schemas);
    return answerByExample(described, call, meantBy(call), examples);
  };
  if (described.isPublic || group === 'NoThrottling') return { access: 'public', method, path, answer: answerPublic };
  const guarded = { method, path, group, answer, ...(permission !== undefined && { permission }), ...(userPermission !== undefined && { userPermission }) };
  if (!path.includes('{accountId}')) return { access: 'token', ...guarded };
  return { access: path.includes('{extensionId}') ? 'extension' : 'account', ...guarded };
}

/** Whom `~` in the path means. */
function meantBy({ account, owner }: { readonly account?: { readonly id: number }; readonly owner?: { readonly extension: { readonly id: number } } }) {
  return { ...(account && { accountId: String(account.id) }), ...(owner && { extensionId: String(owner.extension.id) }) };
}

function answerByExample({ path, success }: DescribedOperation, call: PublicCall, meant: Readonly<Record<string, string>>, examples: Examples): Answer {
  const { status, content } = success;
  if (!content) return emptyAnswer(status);
  if (!/^application\/(.*\+)?json$/.test(content.mediaType)) {
    const { mediaType, bytes } = exampleContent(content.mediaType);
    return { status, headers: { 'content-type': mediaType }, body: bytes };
  }
  const parameters = { ...call.parameters, ...meant };
  const { origin } = call.world;
  const [, last] = /\{([^{}]+)\}$/.exec(path) ?? [];
  const body = examples.make(content.schema, content.examples, {
    origin,
    uri: origin + path.replace(/\{([^{}]+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] ?? '')),
    now: call.world.now(),
    parameters,
    ownId: last === undefined ? undefined : parameters[last],
  });
  return jsonAnswer(status, body, content.mediaType === 'application/json' ? {} : { 'content-type': `${content.mediaType};charset=UTF-8` });
}
