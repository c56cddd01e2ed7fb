import type { Answer } from '../wire/answer.ts';
import type { World } from '../world.ts';

// What a browser shows without running anything of it. The others are saved: what is faxed may be a page with scripts,
// and at this origin they could move the sandbox.
const SHOWN: ReadonlySet<string> = new Set(['application/pdf', 'audio/mpeg', 'audio/wav', 'image/gif', 'image/jpeg', 'image/png', 'text/plain']);

/** A file of a message, for the console; nothing where the path is none of one, or there is none. */
export function findMessageFile(world: World, path: string): Answer | undefined {
  const [, messageId, attachmentId] = /^\/_sandbox\/messages\/(\d{1,16})\/files\/(\d{1,16})$/.exec(path) ?? [];
  const message = world.messages.list().find(({ id }) => id === messageId);
  const content = message && attachmentId !== undefined ? world.messages.readContent(message, attachmentId) : undefined;
  if (!content) return undefined;
  const type = content.attachment.contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const isShown = SHOWN.has(type);
  return {
    status: 200,
    headers: {
      'content-type': isShown ? content.attachment.contentType : 'application/octet-stream',
      'content-disposition': isShown ? 'inline' : 'attachment',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    },
    body: content.bytes,
  };
}
