import type { Part } from '../wire/multipart.ts';
import { restRefusal } from '../wire/rest-refusal.ts';
import type { AcceptedTypes } from './file-types.ts';

/** A file that was taken on. */
export interface Document {
  readonly contentType: string;
  readonly fileName?: string;
  readonly bytes: Buffer;
}

const LONGEST_NAME = 256;
// Sent by clients that do not know better: it says nothing.
const UNKNOWN = 'application/octet-stream';

/**
 * Reads the files of a message.
 *
 * The ending of the name decides; a file without an ending is known by its media type.
 *
 * @throws Refused  400: MSG-347 it is empty, MSG-355 it is binary and its name has no ending, MSG-356 it has neither name
 *                  nor type, MSG-370 the name is too long; 415: MSG-348 its type is not taken, MSG-353 it cannot be known
 */
export function readDocuments(files: readonly Part[], accepted: AcceptedTypes): readonly Document[] {
  return files.map((file, index) => readDocument(file, index + 1, accepted));
}

function readDocument({ fileName: sentName, mediaType, bytes }: Part, position: number, { byEnding, mediaTypes }: AcceptedTypes): Document {
  const fileName = lastSegmentOf(sentName ?? '');
  const about = `attachment [${position}]: [${fileName}]`;
  if (fileName === '' && mediaType === undefined) throw restRefusal(400, 'MSG-356', `Either filename or content type should be specified, ${about}`);
  if (fileName.length > LONGEST_NAME) throw restRefusal(400, 'MSG-370', `filename is too long, ${LONGEST_NAME} characters allowed`);
  if (bytes.byteLength === 0) throw restRefusal(400, 'MSG-347', `Attachment [${fileName}] body is empty`);
  const ending = /\.([^.]+)$/.exec(fileName)?.[1]?.toLowerCase();
  if (ending === undefined && mediaType === UNKNOWN) throw restRefusal(400, 'MSG-355', `For binary data filename with extension should be specified, ${about}`);
  if (ending === undefined && mediaType === undefined) throw restRefusal(415, 'MSG-353', `No file extension or content type specified, ${about}`);
  const ofEnding = ending === undefined ? undefined : byEnding.get(ending);
  const isTaken = ending === undefined ? mediaTypes.has(mediaType ?? '') : ofEnding !== undefined;
  if (!isTaken)
    throw restRefusal(415, 'MSG-348', `Unsupported attachment media type, attachment [${position}]: [${ending === undefined ? mediaType : `.${ending}`}]`);
  const contentType = mediaType === undefined || !mediaTypes.has(mediaType) ? (ofEnding ?? UNKNOWN) : mediaType;
  return { contentType, ...(fileName !== '' && { fileName }), bytes };
}

// A name is never a path (RFC 7578 §4.2), though some clients send the whole of it; nothing of it may end a header.
function lastSegmentOf(fileName: string): string {
  return (fileName.split(/[\\/]/).at(-1) ?? '').replace(/\p{Cc}/gu, '');
}
