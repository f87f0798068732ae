/** 32 hex digits of a random UUID, as MLflow's ids of runs, datasets and inputs are. */
export function newUuidHex(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

/** `m-` and 32 hex digits. */
export function newLoggedModelId(): string {
  return `m-${newUuidHex()}`;
}
