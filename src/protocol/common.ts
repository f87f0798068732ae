import type { ViewType } from '../domain/lifecycle.js';

import type { MessageDecoder, Decoder } from './fields.js';
import { enumeration, message, required, string, withDefault } from './fields.js';

export const textOrEmpty = withDefault(string, '');

/** Tags and params: protobuf cannot tell an absent text from an empty one. */
export const keyAndValue: MessageDecoder<{ key: Decoder<string>; value: Decoder<string> }> =
  message({ key: textOrEmpty, value: textOrEmpty });

/** In log-batch the key is required. */
export const requiredKeyAndValue: typeof keyAndValue = message({
  key: required(string),
  value: textOrEmpty,
});

export const viewType: Decoder<ViewType> = enumeration({ ACTIVE_ONLY: 1, DELETED_ONLY: 2, ALL: 3 });
