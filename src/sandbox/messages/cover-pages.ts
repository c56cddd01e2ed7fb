/** The cover pages of an account in US English; the place in the list is the `coverIndex`. */
export const COVER_PAGES: readonly string[] = [
  'None',
  'Ancient',
  'Birthday',
  'Blank',
  'Clasmod',
  'Classic',
  'Confidential',
  'Contempo',
  'Elegant',
  'Express',
  'Formal',
  'Jazzy',
  'Modern',
  'Urgent',
];

/** What an account uses where a fax does not say: Contempo, as new accounts have it. */
export const DEFAULT_COVER_INDEX = 7;
