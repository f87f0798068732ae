/** What webhooks are told, as MLflow's server writes it: Python's JSON, MLflow's order. */
import { asciiJson, pythonFloat } from '../python-text.js';
import { IS_PROMPT_TAG, PROMPT_TEXT_TAG, PROMPT_TYPE_TAG } from '../registry/prompt.js';
import type { Tag } from '../tag.js';
import { type WebhookEventName, webhookEventOf } from './event.js';

/** Floats are told from integers, as Python does. */
type PayloadValue = string | null | number | { readonly float: number } | readonly Tag[];

/** The fields of an event's `data`, in order; a list of tags is an object of their values. */
export type WebhookPayload = readonly (readonly [field: string, value: PayloadValue])[];

export interface NewModel {
  readonly name: string;
  readonly tags?: readonly Tag[] | undefined;
  readonly description?: string | undefined;
}

export interface NewVersion extends NewModel {
  readonly version: string | number;
  readonly source: string;
  readonly runId?: string | undefined;
}

/** An event that happened, and what is told of it. */
export interface RegistryEvent {
  readonly event: WebhookEventName;
  readonly modelName: string;
  readonly payload: WebhookPayload;
}

/** As MLflow's server has it: the tag makes it a prompt whatever its value is. */
export function isPromptRequest(tags: readonly Tag[] = []): boolean {
  return tags.some(({ key }) => key === IS_PROMPT_TAG);
}

export function modelCreated({ name, tags = [], description }: NewModel): RegistryEvent {
  const isPrompt = isPromptRequest(tags);
  const hidden = isPrompt ? [IS_PROMPT_TAG, PROMPT_TYPE_TAG] : [];
  return {
    event: isPrompt ? 'prompt.created' : 'registered_model.created',
    modelName: name,
    payload: [
      ['name', name],
      ['tags', without(tags, hidden)],
      ['description', description ?? null],
    ],
  };
}

export function versionCreated(created: NewVersion): RegistryEvent {
  const { name, version, source, runId, tags = [], description } = created;
  const isPrompt = isPromptRequest(tags);
  const text = tags.findLast(({ key }) => key === PROMPT_TEXT_TAG)?.value;
  const hidden = isPrompt ? [IS_PROMPT_TAG, PROMPT_TYPE_TAG, PROMPT_TEXT_TAG] : [];
  return {
    event: isPrompt ? 'prompt_version.created' : 'model_version.created',
    modelName: name,
    payload: [
      ['name', name],
      ['version', String(version)],
      ...(isPrompt
        ? ([['template', text ?? null]] as const)
        : ([
            ['source', source],
            ['run_id', nullIfEmpty(runId)],
          ] as const)),
      ['tags', without(tags, hidden)],
      ['description', nullIfEmpty(description)],
    ],
  };
}

/** A tag of a model, of which MLflow tells only where it is a prompt. */
export function promptTagChanged(name: string, key: string, value?: string): RegistryEvent {
  return {
    event: value === undefined ? 'prompt_tag.deleted' : 'prompt_tag.set',
    modelName: name,
    payload: [['name', name], ['key', key], ...valueOf(value)],
  };
}

export interface OfVersion {
  readonly name: string;
  readonly isPrompt: boolean;
  readonly version: string | number;
}

export function versionTagChanged(
  { name, version, isPrompt }: OfVersion,
  key: string,
  value?: string,
): RegistryEvent {
  const entity = isPrompt ? 'prompt_version_tag' : 'model_version_tag';
  return {
    event: value === undefined ? `${entity}.deleted` : `${entity}.set`,
    modelName: name,
    payload: [['name', name], ['version', String(version)], ['key', key], ...valueOf(value)],
  };
}

/** Without a version: it was deleted. */
export function aliasChanged(
  { name, version, isPrompt }: Omit<OfVersion, 'version'> & Partial<Pick<OfVersion, 'version'>>,
  alias: string,
): RegistryEvent {
  const entity = isPrompt ? 'prompt_alias' : 'model_version_alias';
  return {
    event: version === undefined ? `${entity}.deleted` : `${entity}.created`,
    modelName: name,
    payload: [
      ['name', name],
      ['alias', alias],
      ...(version === undefined ? [] : ([['version', String(version)]] as const)),
    ],
  };
}

function valueOf(value: string | undefined): WebhookPayload {
  return value === undefined ? [] : [['value', value]];
}

function nullIfEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

/** Of a key given twice, the last value in the place of the first, as in Python's dict. */
function without(tags: readonly Tag[], hidden: readonly string[]): readonly Tag[] {
  const kept = new Map<string, Tag>();
  for (const tag of tags) if (!hidden.includes(tag.key)) kept.set(tag.key, tag);
  return [...kept.values()];
}

const EXAMPLE_TAGS = [{ key: 'example_key', value: 'example_value' }];
const EXAMPLE_TAG = [
  ['key', 'example_key'],
  ['value', 'example_value'],
] as const;
const EXAMPLE_KEY = [EXAMPLE_TAG[0]] as const;
const MODEL = ['name', 'example_model'] as const;
const PROMPT = ['name', 'example_prompt'] as const;
const ALIAS = ['alias', 'example_alias'] as const;
const VERSION = ['version', '1'] as const;
const TAGS = ['tags', EXAMPLE_TAGS] as const;
const described = (what: string) => ['description', `An example ${what}`] as const;

/** MLflow's example of each event, sent when a webhook is tested. */
export const EXAMPLE_PAYLOADS: Readonly<Record<WebhookEventName, WebhookPayload>> = {
  'registered_model.created': [MODEL, TAGS, described('registered model')],
  'model_version.created': [
    MODEL,
    VERSION,
    ['source', 'models:/123'],
    ['run_id', 'abcd1234abcd5678'],
    TAGS,
    described('model version'),
  ],
  'model_version_tag.set': [MODEL, VERSION, ...EXAMPLE_TAG],
  'model_version_tag.deleted': [MODEL, VERSION, ...EXAMPLE_KEY],
  'model_version_alias.created': [MODEL, ALIAS, VERSION],
  'model_version_alias.deleted': [MODEL, ALIAS],
  'prompt.created': [PROMPT, TAGS, described('prompt')],
  'prompt_version.created': [
    PROMPT,
    VERSION,
    ['template', 'Hello {{name}}!'],
    TAGS,
    described('prompt version'),
  ],
  'prompt_tag.set': [PROMPT, ...EXAMPLE_TAG],
  'prompt_tag.deleted': [PROMPT, ...EXAMPLE_KEY],
  'prompt_version_tag.set': [PROMPT, VERSION, ...EXAMPLE_TAG],
  'prompt_version_tag.deleted': [PROMPT, VERSION, ...EXAMPLE_KEY],
  'prompt_alias.created': [PROMPT, ALIAS, VERSION],
  'prompt_alias.deleted': [PROMPT, ALIAS],
  'budget_policy.exceeded': [
    ['budget_policy_id', 'bp-abc123'],
    ['budget_unit', 'USD'],
    ['budget_amount', { float: 100 }],
    ['current_spend', { float: 105.5 }],
    ['duration_unit', 'MONTHS'],
    ['duration_value', 1],
    ['target_scope', 'WORKSPACE'],
    ['workspace', 'default'],
    ['window_start', 1_704_067_200_000],
  ],
};

/**
 * The body of a delivery, byte for byte as Python's `json.dumps` writes it: ASCII only, a blank
 * after each comma and colon.
 * @param time when it happened, ms since the epoch
 */
export function webhookBody(
  event: WebhookEventName,
  payload: WebhookPayload,
  time: number,
): string {
  const { entity, action } = webhookEventOf(event);
  return object([
    ['entity', asciiJson(entity)],
    ['action', asciiJson(action)],
    ['timestamp', asciiJson(isoTime(time))],
    ['data', object(payload.map(([field, value]) => [field, valueJson(value)]))],
  ]);
}

function object(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([name, json]) => `${asciiJson(name)}: ${json}`).join(', ')}}`;
}

function valueJson(value: PayloadValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return asciiJson(value);
  if (typeof value === 'number') return String(value);
  if ('float' in value) return pythonFloat(value.float);
  return object(value.map((tag) => [tag.key, asciiJson(tag.value)]));
}

/** Python's `isoformat()` of a time in UTC: microseconds, or none where there are none. */
function isoTime(time: number): string {
  const text = new Date(time).toISOString().slice(0, -1);
  return text.endsWith('.000') ? `${text.slice(0, -4)}+00:00` : `${text}000+00:00`;
}
