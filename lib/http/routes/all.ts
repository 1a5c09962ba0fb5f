/**
 * All routes, noun by noun.
 *
 * @module
 */
import type { Route } from "../route.ts";
import { ACCESS_ROUTES } from "./access.ts";
import { documentationRoutes } from "./documentation.ts";
import { STREAM_ROUTES } from "./streams.ts";

const API_ROUTES: readonly Route[] = [...ACCESS_ROUTES, ...STREAM_ROUTES];

export const ROUTES: readonly Route[] = [...API_ROUTES, ...documentationRoutes(API_ROUTES)];
