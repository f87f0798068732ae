import type { ArtifactRepository } from '../artifacts/index.js';
import type { ModelRegistryStore, TrackingStore, WebhookStore } from '../store/store.js';

/** What the server serves: a store as `openStore` gives it. */
export type ServedStore = TrackingStore &
  ModelRegistryStore &
  WebhookStore & { readonly artifacts: ArtifactRepository };

/** Takes one line for each request that failed on our side (status 5xx); no parameter values. */
export interface Logger {
  error(line: string): void;
}

/** Named as the options of `mlflow server`. */
export interface AppOptions {
  /** Serve the artifacts of the destination (`mlflow-artifacts:/`). Default: true. */
  readonly serveArtifacts?: boolean | undefined;
  /** Serve nothing but them. Default: false. */
  readonly artifactsOnly?: boolean | undefined;
  /** A path before all others, for example `/mlflow`. Default: none. */
  readonly staticPrefix?: string | undefined;
  /**
   * Values of the Host header that are served; one with `*` is a pattern. Default: this machine's
   * names and private addresses, against DNS rebinding.
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Origins, besides this machine's, whose pages may write. Default: none. */
  readonly corsAllowedOrigins?: readonly string[] | undefined;
  /** `SAMEORIGIN`, `DENY`, or `NONE` for no such header. Default: `SAMEORIGIN`. */
  readonly xFrameOptions?: string | undefined;
  /** No host check, no cross-origin check, no security headers. Default: false. */
  readonly disableSecurityMiddleware?: boolean | undefined;
  /**
   * Largest JSON body in bytes; a larger one is answered 413. Default: 50 MiB. Uploads of artifacts
   * go to the disk as they arrive and have no limit.
   */
  readonly maxBodyBytes?: number | undefined;
  /**
   * The URL at which clients reach the place where this app is mounted, if its requests do not show
   * it (behind a proxy that ends TLS, or under a prefix that was cut off). Default: as the request
   * has it.
   */
  readonly publicUrl?: string | undefined;
  /**
   * A regular expression that the source of a new model version must match somewhere, as
   * MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX. Default: any source.
   */
  readonly modelVersionSourcePattern?: RegExp | undefined;
  /** Default: `console`. */
  readonly logger?: Logger | undefined;
}

export const DEFAULT_MAX_BODY_BYTES = 50 * 1024 * 1024;
