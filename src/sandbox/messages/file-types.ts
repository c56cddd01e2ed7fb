/** What the renderer takes for a fax, by the ending of the name of the file (RingCentral support, article 4593). */
const FAX_TYPES: ReadonlyMap<string, string> = new Map([
  ['pdf', 'application/pdf'],
  ['psd', 'image/vnd.adobe.photoshop'],
  ['doc', 'application/msword'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['dot', 'application/msword'],
  ['mcw', 'application/msword'],
  ['xls', 'application/vnd.ms-excel'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['xlsb', 'application/vnd.ms-excel.sheet.binary.macroenabled.12'],
  ['ppt', 'application/vnd.ms-powerpoint'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['vsd', 'application/vnd.visio'],
  ['vdx', 'application/vnd.visio'],
  ['pub', 'application/x-mspublisher'],
  ['wps', 'application/vnd.ms-works'],
  ['wri', 'application/x-mswrite'],
  ['awd', 'image/x-awd'],
  ['tif', 'image/tiff'],
  ['tiff', 'image/tiff'],
  ['gif', 'image/gif'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['bmp', 'image/bmp'],
  ['png', 'image/png'],
  ['pcx', 'image/x-pcx'],
  ['tga', 'image/x-tga'],
  ['rtf', 'application/rtf'],
  ['txt', 'text/plain'],
  ['log', 'text/plain'],
  ['h', 'text/plain'],
  ['cpp', 'text/plain'],
  ['c', 'text/plain'],
  ['err', 'text/plain'],
  ['hpp', 'text/plain'],
  ['wk1', 'application/vnd.lotus-1-2-3'],
  ['wk3', 'application/vnd.lotus-1-2-3'],
  ['wk4', 'application/vnd.lotus-1-2-3'],
  ['wq1', 'application/x-quattro-pro'],
  ['xml', 'application/xml'],
  ['html', 'text/html'],
  ['htm', 'text/html'],
  ['csv', 'text/csv'],
]);
const FAX_MEDIA_TYPES: ReadonlySet<string> = new Set([...FAX_TYPES.values(), 'text/rtf', 'text/xml', 'image/jpg', 'application/vnd.ms-excel.sheet.binary']);

/** What a text message may carry, by the ending of the name of the file (RingCentral "Sending MMS"). */
const MMS_TYPES: ReadonlyMap<string, string> = new Map([
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['png', 'image/png'],
  ['bmp', 'image/bmp'],
  ['gif', 'image/gif'],
  ['tif', 'image/tiff'],
  ['tiff', 'image/tiff'],
  ['svg', 'image/svg+xml'],
  ['3gp', 'video/3gpp'],
  ['mp4', 'video/mp4'],
  ['mpeg', 'video/mpeg'],
  ['avi', 'video/msvideo'],
  ['mp3', 'audio/mpeg'],
  ['vcf', 'text/vcard'],
  ['vcard', 'text/vcard'],
  ['zip', 'application/zip'],
  ['gzip', 'application/gzip'],
  ['rtf', 'application/rtf'],
]);
const MMS_MEDIA_TYPES: ReadonlySet<string> = new Set([...MMS_TYPES.values(), 'image/jpg']);

/** Which files are taken. */
export interface AcceptedTypes {
  readonly byEnding: ReadonlyMap<string, string>;
  readonly mediaTypes: ReadonlySet<string>;
}

export const ACCEPTED_IN_FAX: AcceptedTypes = { byEnding: FAX_TYPES, mediaTypes: FAX_MEDIA_TYPES };
export const ACCEPTED_IN_MMS: AcceptedTypes = { byEnding: MMS_TYPES, mediaTypes: MMS_MEDIA_TYPES };
