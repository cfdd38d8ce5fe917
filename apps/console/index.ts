export { questionRoutes } from './question-routes.ts';
export { consoleRoutes } from './routes.ts';
