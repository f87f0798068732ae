import type { Tag } from '../tag.js';

/** On a registered model and its versions: they are a prompt. */
export const IS_PROMPT_TAG = 'mlflow.prompt.is_prompt';

/** On a prompt's version: its text. */
export const PROMPT_TEXT_TAG = 'mlflow.prompt.text';

/** On a prompt's version: `text` or `chat`. */
export const PROMPT_TYPE_TAG = '_mlflow_prompt_type';

export function hasPromptTag(tags: readonly Tag[]): boolean {
  return tags.some(({ key, value }) => key === IS_PROMPT_TAG && value.toLowerCase() === 'true');
}

/** One version of a prompt, by the prompt's name and the version's number. */
export interface PromptVersionRef {
  readonly name: string;
  readonly version: string | number;
}
