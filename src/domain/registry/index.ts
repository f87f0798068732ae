/**
 * The model registry's data and the rules that a client can see, without I/O.
 *
 * - **Registered model**: a name under which versions of a model are kept.
 * - **Model version**: one of them, numbered 1, 2, 3 …, made from a run, a logged model or another
 *   version.
 * - **Alias**: a name for one version of a model; it can be moved.
 * - **Stage**: MLflow's older, deprecated way to say what a version is for.
 * - **Prompt**: a registered model with the tag `mlflow.prompt.is_prompt`; its versions are texts.
 *
 * @module
 */
export {
  checkAlias,
  checkCreateModelVersion,
  checkCreateRegisteredModel,
  type CheckedModelVersion,
  type CheckedRegisteredModel,
  checkModelDescription,
  checkModelName,
  checkModelTag,
  checkModelTagKey,
  checkModelVersionTag,
  checkRegistryMaxResults,
  checkSetAlias,
  checkVersionNumber,
  isLatestAlias,
} from './checks.js';
export {
  modelNameTaken,
  noLatestVersion,
  noSuchAlias,
  noSuchModelVersion,
  noSuchRegisteredModel,
  renameTargetTaken,
  unknownModelSource,
} from './messages.js';
export { type ModelUri, parseModelUri } from './model-uri.js';
export {
  hasPromptTag,
  IS_PROMPT_TAG,
  PROMPT_TEXT_TAG,
  type PromptVersionRef,
} from './prompt.js';
export { checkPromptLinks } from './prompt-links.js';
export {
  checkArchivesExisting,
  checkStage,
  DELETED_STAGE,
  MODEL_STAGES,
  type ModelStage,
} from './stage.js';
export type {
  CreateModelVersion,
  ModelVersion,
  SearchModelVersions,
  TransitionModelVersionStage,
} from './model-version.js';
export type {
  CreateRegisteredModel,
  ModelAlias,
  RegisteredModel,
  SearchRegisteredModels,
} from './registered-model.js';
