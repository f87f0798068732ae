/** What webhooks are told of tags and aliases: of a prompt, other events than of a model. */
import type { Tag } from '../../domain/tag.js';
import { hasPromptTag, IS_PROMPT_TAG } from '../../domain/registry/index.js';
import {
  aliasChanged,
  promptTagChanged,
  versionTagChanged,
} from '../../domain/webhooks/index.js';
import type { StoreContext } from '../context.js';
import type { Note } from '../webhooks/outbox.js';
import type { Tenure } from './names.js';

interface Changed {
  readonly model: Tenure;
  /** As the caller called it. */
  readonly name: string;
}

interface ChangedTag extends Changed {
  readonly key: string;
  /** Absent: it is deleted. */
  readonly value?: string;
}

export function noteModelTag(
  context: StoreContext,
  note: Note,
  { model, name, key, value }: ChangedTag,
): Promise<void> {
  return note({
    modelId: model.modelId,
    events: [value === undefined ? 'prompt_tag.deleted' : 'prompt_tag.set'],
    describe: async () => {
      // What counts is whether it is a prompt afterwards.
      const isPrompt =
        key === IS_PROMPT_TAG
          ? value !== undefined && hasPromptTag([{ key, value }])
          : await isPromptModel(context, model);
      return isPrompt ? promptTagChanged(name, key, value) : undefined;
    },
  });
}

export function noteVersionTag(
  context: StoreContext,
  note: Note,
  { model, name, version, key, value }: ChangedTag & { readonly version: string | number },
): Promise<void> {
  return note({
    modelId: model.modelId,
    events:
      value === undefined
        ? ['model_version_tag.deleted', 'prompt_version_tag.deleted']
        : ['model_version_tag.set', 'prompt_version_tag.set'],
    describe: async () => {
      const isPrompt = await isPromptModel(context, model);
      return versionTagChanged({ name, version, isPrompt }, key, value);
    },
  });
}

export function noteAlias(
  context: StoreContext,
  note: Note,
  changed: Changed & {
    readonly alias: string;
    /** Absent: it is deleted. */
    readonly version?: string | number;
  },
): Promise<void> {
  const { model, name, alias, version } = changed;
  return note({
    modelId: model.modelId,
    events:
      version === undefined
        ? ['model_version_alias.deleted', 'prompt_alias.deleted']
        : ['model_version_alias.created', 'prompt_alias.created'],
    describe: async () => {
      const isPrompt = await isPromptModel(context, model);
      return aliasChanged({ name, isPrompt, ...(version === undefined ? {} : { version }) }, alias);
    },
  });
}

/** By whole primary key. */
async function isPromptModel(context: StoreContext, model: Tenure): Promise<boolean> {
  const row = await context.db
    .selectFrom('registered_model_tags')
    .select(['key', 'value', 'generation'])
    .where('workspace', '=', context.workspace)
    .where('key', '=', IS_PROMPT_TAG)
    .where('name', '=', model.name)
    .executeTakeFirst();
  const tags: Tag[] = row?.generation === model.generation ? [row] : [];
  return hasPromptTag(tags);
}
