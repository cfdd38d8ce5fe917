export type { OperationsView } from './operations/operations.tsx';
export { operationsRoutes } from './operations/routes.ts';
export { consoleRoutes } from './routes.ts';
