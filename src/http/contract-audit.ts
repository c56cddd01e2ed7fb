import { Type } from 'typebox';
import { closed, PageQuery, Time } from './contract.ts';

/** `GET audit`: at most `limit` lines (100 where absent), those with a lower number than `cursor`. */
export const AuditQuery = Type.Object(
  { limit: PageQuery.properties.limit, cursor: Type.Optional(Type.String({ pattern: '^\\d{1,15}$', description: 'the `nextCursor` of the part before' })) },
  closed,
);

/** A line of the audit trail. */
export const AuditAnswer = Type.Object(
  {
    seq: Type.Integer({ description: 'Numbers have no gaps' }),
    at: Time('When'),
    who: Type.String({ description: '`admin`, `client NAME`, `invitation ID`, `cli`, `gateway` or `unknown`' }),
    action: Type.String(),
    object: Type.String({ description: 'Such as `connections/front-desk`' }),
    address: Type.String({ description: 'From where' }),
    result: Type.String({ description: '`asked`, `ok`, or the code of what went wrong' }),
    requestId: Type.String({ description: 'Joins the lines of one request' }),
    times: Type.Integer({ description: 'How many requests it stands for' }),
  },
  { title: 'AuditLine' },
);
