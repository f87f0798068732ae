import { MlflowError } from '../../domain/errors.js';
import type { AppMiddleware } from '../environment.js';

/** A client that names a workspace must not be answered from another: there is only the default. */
export const refuseWorkspaces: AppMiddleware = async (c, next) => {
  const workspace = c.req.header('x-mlflow-workspace');
  if (
    workspace !== undefined &&
    workspace.trim() !== '' &&
    !c.get('path').endsWith('/mlflow/server-info')
  ) {
    throw new MlflowError(
      'FEATURE_DISABLED',
      'Workspace APIs are not available: workspaces are not enabled on this server',
    );
  }
  await next();
};
