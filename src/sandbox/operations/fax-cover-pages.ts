import { COVER_PAGES } from '../messages/cover-pages.ts';
import { jsonAnswer } from '../wire/answer.ts';
import type { TokenOperation } from '../wire/operation.ts';
import { pageOf } from '../wire/paging.ts';

const PATH = '/restapi/v1.0/dictionary/fax-cover-page';

/** The cover pages that a fax can have. */
export const listFaxCoverPages: TokenOperation = {
  access: 'token',
  method: 'GET',
  path: PATH,
  group: 'Light',
  answer: ({ world, request }) => {
    const records = COVER_PAGES.map((name, index) => ({ id: String(index), name }));
    return jsonAnswer(200, pageOf(`${world.origin}${PATH}`, records, request.query));
  },
};
