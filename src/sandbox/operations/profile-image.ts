import type { Owner } from '../directory.ts';
import { IMAGE_SCALES } from '../people/extension-info.ts';
import { readImage } from '../people/image-upload.ts';
import { changeProfile, profileOf } from '../people/profile.ts';
import { type Answer, emptyAnswer } from '../wire/answer.ts';
import type { ExtensionOperation, Operation, OperationCall } from '../wire/operation.ts';
import { invalidParameter, notFound } from '../wire/rest-refusal.ts';

const PATH = '/restapi/v1.0/account/{accountId}/extension/{extensionId}/profile-image';
const PARAMETER = 'scaleSize';
const SIZES: readonly string[] = ['original', ...IMAGE_SCALES];

const Writing = { access: 'extension', path: PATH, permission: 'EditExtensions', userPermission: 'EditUserInfo' } as const;

const getImage: ExtensionOperation = {
  access: 'extension',
  ofColleagues: true,
  method: 'GET',
  path: PATH,
  group: 'Medium',
  permission: 'ReadAccounts',
  userPermission: 'ReadExtensions',
  answer: answerImage,
};

/** The picture in a size. The sandbox paints nothing: it is the one that was sent, whatever the size. */
const getScaledImage: ExtensionOperation = {
  access: 'extension',
  ofColleagues: true,
  method: 'GET',
  path: `${PATH}/{${PARAMETER}}`,
  group: 'Medium',
  permission: 'ReadAccounts',
  answer: (call) => {
    if (!SIZES.includes(call.parameters[PARAMETER] ?? '')) throw invalidParameter(PARAMETER);
    return answerImage(call);
  },
};

const setImage: ExtensionOperation = { ...Writing, method: 'POST', group: 'Heavy', answer: saveImage };
const replaceImage: ExtensionOperation = { ...Writing, method: 'PUT', group: 'Heavy', answer: saveImage };

const deleteImage: ExtensionOperation = {
  ...Writing,
  method: 'DELETE',
  group: 'Medium',
  answer: ({ world, owner }) => {
    if (!profileOf(world, owner).image) throw notFound('profileImage');
    changeProfile(world, owner, { image: undefined });
    world.journal.removeContent(contentId(owner));
    return emptyAnswer(204);
  },
};

/** A user's picture. */
export const PROFILE_IMAGE_OPERATIONS: readonly Operation[] = [getImage, getScaledImage, setImage, replaceImage, deleteImage];

async function saveImage({ world, owner, request }: OperationCall): Promise<Answer> {
  const { bytes, contentType, etag } = await readImage(request);
  changeProfile(world, owner, { image: { contentType, etag, changedAt: world.now() } });
  world.journal.putContent(contentId(owner), bytes);
  return emptyAnswer(204);
}

function answerImage({ world, owner, request }: OperationCall): Answer {
  const { image } = profileOf(world, owner);
  const bytes = image && world.journal.readContent(contentId(owner));
  if (!image || !bytes) throw notFound('profileImage');
  const headers = { etag: image.etag, 'last-modified': new Date(image.changedAt).toUTCString() };
  const known = request.headers['if-none-match']?.replaceAll('"', '');
  if (known === image.etag) return { ...emptyAnswer(304), headers };
  return { status: 200, headers: { ...headers, 'content-type': image.contentType }, body: bytes };
}

function contentId({ extension }: Owner): string {
  return `profile-image ${extension.id}`;
}
