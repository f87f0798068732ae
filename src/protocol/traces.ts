import { list, message, required, string } from './fields.js';

export const linkPromptsToTrace = message({
  trace_id: required(string),
  prompt_versions: required(
    list(message({ name: required(string), version: required(string) })),
  ),
});
