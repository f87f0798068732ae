/** What MLflow shows as text, by extension; `MLmodel` and `MLproject` are whole names. */
const TEXT = new Set(
  (
    'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv ' +
    'tsv md rst MLmodel MLproject'
  ).split(' '),
);

const TYPES: Readonly<Record<string, string>> = {
  avi: 'video/x-msvideo',
  bmp: 'image/bmp',
  css: 'text/css',
  gif: 'image/gif',
  h5: 'application/x-hdf5',
  htm: 'text/html',
  html: 'text/html',
  ico: 'image/vnd.microsoft.icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  mjs: 'text/javascript',
  mov: 'video/quicktime',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  tar: 'application/x-tar',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  wasm: 'application/wasm',
  wav: 'audio/x-wav',
  webm: 'video/webm',
  webp: 'image/webp',
  zip: 'application/zip',
};

const COMPRESSION = /\.(?:gz|bz2|xz|br|Z)$/;

/** The type that a download is given; only ever as an attachment. */
export function mimeTypeOf(fileName: string): string {
  const extension = extensionOf(fileName);
  if (TEXT.has(extension === '' ? fileName : extension)) return 'text/plain';
  const inner = extensionOf(fileName.replace(COMPRESSION, '')).toLowerCase();
  return TYPES[inner] ?? 'application/octet-stream';
}

function extensionOf(fileName: string): string {
  // A dot at the start makes a hidden file, not an extension.
  return /[^.]\.([^.]*)$/.exec(fileName)?.[1] ?? '';
}
