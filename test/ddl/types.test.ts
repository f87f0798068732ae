import type { Insertable, Selectable, Updateable } from 'kysely';
import { describe, expectTypeOf, it } from 'vitest';

import type { DB, TableName } from '../../ddl/index.js';

type Int64 = number | bigint;

describe('DB', () => {
  it('has every table under its name', () => {
    expectTypeOf<keyof DB>().toEqualTypeOf<TableName>();
    expectTypeOf<'logged_model_metrics'>().toExtend<keyof DB>();
  });

  it('reads rows', () => {
    expectTypeOf<Selectable<DB['metrics']>>().toEqualTypeOf<{
      key: string;
      value: number;
      timestamp: Int64;
      step: Int64;
      is_nan: boolean;
      run_uuid: string;
    }>();
    expectTypeOf<Selectable<DB['experiments']>>().toEqualTypeOf<{
      experiment_id: Int64;
      name: string;
      artifact_location: string | null;
      lifecycle_stage: string | null;
      creation_time: Int64 | null;
      last_update_time: Int64 | null;
      workspace: string;
    }>();
    expectTypeOf<Selectable<DB['jobs']>['status_details']>().toEqualTypeOf<Record<
      string,
      unknown
    > | null>();
  });

  it('leaves out on insert what has a default or may be null', () => {
    expectTypeOf<{ name: string }>().toExtend<Insertable<DB['registered_models']>>();
    expectTypeOf<{ run_uuid: string }>().toExtend<Insertable<DB['runs']>>();
    expectTypeOf<{ key: string; value: string }>().not.toExtend<Insertable<DB['params']>>();
  });

  it('does not write a generated column', () => {
    expectTypeOf<Insertable<DB['spans']>>().not.toHaveProperty('duration_ns');
    expectTypeOf<{ duration_ns: number }>().not.toExtend<Updateable<DB['spans']>>();
    expectTypeOf<Selectable<DB['spans']>['duration_ns']>().toEqualTypeOf<Int64 | null>();
  });
});
