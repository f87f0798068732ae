import type { Tag } from '../tag.js';

/** On a registered model and its versions: they are a prompt. */
export const IS_PROMPT_TAG = 'mlflow.prompt.is_prompt';

/** On a prompt's version: its text. */
export const PROMPT_TEXT_TAG = 'mlflow.prompt.text';

export function hasPromptTag(tags: readonly Tag[]): boolean {
  return tags.some(({ key, value }) => key === IS_PROMPT_TAG && value.toLowerCase() === 'true');
}
