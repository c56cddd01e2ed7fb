/** Content that is no JSON, with its own type: short, and what it says it is. */
export function exampleContent(mediaType: string): { readonly mediaType: string; readonly bytes: Uint8Array } {
  const found = CONTENTS.find(({ accepts }) => accepts.test(mediaType)) ?? ANY;
  return { mediaType: mediaType.endsWith('/*') ? found.mediaType : mediaType, bytes: found.bytes };
}

// One black pixel.
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64');
// RIFF WAVE, 8 kHz, 8 bit, mono, without a sample.
const WAV = Buffer.from('UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=', 'base64');
// One silent frame of MPEG-1 layer III, 128 kbit/s at 44.1 kHz: 417 bytes.
const MP3 = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0xc4]), Buffer.alloc(413)]);
// An MP4 file with its type and no track.
const MP4 = Buffer.from('AAAAGGZ0eXBpc29tAAACAGlzb21tcDQyAAAACGZyZWU=', 'base64');
const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
  'latin1',
);

const ANY = { accepts: /./, mediaType: 'application/octet-stream', bytes: Buffer.alloc(0) };
const CONTENTS = [
  { accepts: /^image\//, mediaType: 'image/png', bytes: PNG },
  { accepts: /^audio\/mpeg$/, mediaType: 'audio/mpeg', bytes: MP3 },
  { accepts: /^audio\//, mediaType: 'audio/wav', bytes: WAV },
  { accepts: /^video\//, mediaType: 'video/mp4', bytes: MP4 },
  { accepts: /^application\/pdf$/, mediaType: 'application/pdf', bytes: PDF },
  { accepts: /^text\/csv$/, mediaType: 'text/csv', bytes: Buffer.from('id\r\n') },
];
