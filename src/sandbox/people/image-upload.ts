import { createHash } from 'node:crypto';
import type { PlatformRequest } from '../wire/platform-request.ts';
import { invalidParameter, restRefusal } from '../wire/rest-refusal.ts';

/** A picture as it came. */
export interface UploadedImage {
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly etag: string;
}

// RingCentral's web application takes pictures of up to 5 MB; its documents name no limit.
const LARGEST_BYTES = 5 * 1024 * 1024;
const ETAG_LENGTH = 32;
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['image/png', '\x89PNG'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF8'],
];

/**
 * The picture of a request: the part `image` of a form, or the body itself.
 *
 * @throws Refused  415: neither a form nor a picture; 400 CMN-101: no such part, no picture that is known by its first
 *                  bytes, or one that is too large
 */
export async function readImage(request: PlatformRequest): Promise<UploadedImage> {
  const bytes = await imageBytes(request);
  const start = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  const [contentType] = SIGNATURES.find(([, signature]) => start.startsWith(signature)) ?? [];
  if (contentType === undefined || bytes.byteLength > LARGEST_BYTES) throw invalidParameter('image');
  return { contentType, bytes, etag: createHash('sha256').update(bytes).digest('hex').slice(0, ETAG_LENGTH) };
}

async function imageBytes(request: PlatformRequest): Promise<Uint8Array> {
  if (SIGNATURES.some(([type]) => type === request.mediaType)) return request.bytes;
  if (request.mediaType !== 'multipart/form-data') throw restRefusal(415, 'CMN-103', 'The content type must be multipart/form-data or a picture');
  const part = (await formOf(request)).get('image');
  if (!(part instanceof Blob)) throw invalidParameter('image');
  return new Uint8Array(await part.arrayBuffer());
}

async function formOf({ bytes, headers }: PlatformRequest): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': headers['content-type'] ?? '' } }).formData();
  } catch {
    throw restRefusal(400, 'CMN-104', 'Cannot parse request');
  }
}
