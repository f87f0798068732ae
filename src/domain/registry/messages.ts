/** What is refused because of what stands in the registry, in MLflow's words. */
import { alreadyExists, doesNotExist, invalidParameter, MlflowError } from '../errors.js';
import { pythonString } from '../python-text.js';

export function noSuchRegisteredModel(name: string): MlflowError {
  return doesNotExist(`Registered Model with name=${name} not found`);
}

export function noSuchModelVersion(name: string, version: string | number): MlflowError {
  return doesNotExist(`Model Version (name=${name}, version=${String(version)}) not found`);
}

/** MLflow has it as a parameter that is wrong, and clients look for that code. */
export function noSuchAlias(alias: string): MlflowError {
  return invalidParameter(`Registered model alias ${alias} not found.`);
}

export function noLatestVersion(name: string): MlflowError {
  return doesNotExist(`Latest version not found for model ${name}.`);
}

type Kind = 'model' | 'prompt';

/** A name is taken: by what, and for what it was wanted. */
export function modelNameTaken(
  name: string,
  { standing, wanted }: { readonly standing: Kind; readonly wanted: Kind },
): MlflowError {
  const words = { model: 'Registered Model', prompt: 'Prompt' };
  if (standing === wanted) return alreadyExists(`${words[wanted]} (name=${name}) already exists.`);
  return alreadyExists(
    `Tried to create a ${words[wanted].toLowerCase()} with name ${pythonString(name)}, but the ` +
      `name is already taken by a ${words[standing].toLowerCase()}. MLflow does not allow creating ` +
      'a model and a prompt with the same name.',
  );
}

export function renameTargetTaken(name: string): MlflowError {
  return alreadyExists(`Registered Model (name=${name}) already exists.`);
}

/** MLflow answers INTERNAL_ERROR, which its clients try again for minutes. */
export function unknownModelSource(source: string, reason: MlflowError): MlflowError {
  return new MlflowError(
    reason.errorCode,
    `Unable to fetch model from model URI source artifact location '${source}'.` +
      `Error: ${reason.message}`,
  );
}
