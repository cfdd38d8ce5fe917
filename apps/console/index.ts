export type { OperationsView } from './operations/operations.tsx';
export { operationsRoutes } from './operations/routes.ts';
export { questionRoutes } from './question-routes.ts';
export { consoleRoutes } from './routes.ts';
