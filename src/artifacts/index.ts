export type {
  ArtifactBody,
  ArtifactContent,
  ArtifactDirectory,
  ArtifactInfo,
  ArtifactRepository,
  MultipartUploads,
  UploadedPart,
} from './contract.js';
export { createArtifacts } from './create-artifacts.js';
export type { ArtifactsOptions } from './create-artifacts.js';
export { decodeOnce, safeSegments } from './path.js';
export { locateArtifacts, schemeOf } from './uri.js';
