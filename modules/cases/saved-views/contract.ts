import { type Static, Type } from 'typebox';
import { Uuid } from '../standing.ts';

export const savedViewsMax = 12;
export const viewNameMax = 40;

const Filters = Type.Record(Type.String({ maxLength: 20 }), Type.String({ maxLength: 64 }), { maxProperties: 6 });

/** A filter of the queue that an officer keeps under a name. `filters` are the fields of the page's own form. */
export const SavedView = Type.Object({ id: Uuid, name: Type.String(), filters: Filters });
export type SavedView = Static<typeof SavedView>;

const Views = Type.Object({ views: Type.Array(SavedView) });

export const savedViewEndpoints = {
  listViews: {
    method: 'GET',
    path: '/api/office/views',
    summary: 'Views of the queue that I keep',
    access: 'officer',
    answer: Views,
    refusals: [],
  },
  keepView: {
    method: 'POST',
    path: '/api/office/views',
    summary: 'Keep a view of the queue under a name; one of the same name is replaced',
    access: 'officer',
    body: Type.Object({ name: Type.String({ maxLength: 200 }), filters: Filters }),
    answer: Views,
    status: 201,
    refusals: ['view-name-wrong', 'views-too-many'],
  },
  dropView: {
    method: 'DELETE',
    path: '/api/office/views/:viewId',
    summary: 'Remove a view of mine',
    access: 'officer',
    params: Type.Object({ viewId: Uuid }),
    answer: Views,
    refusals: [],
  },
} as const;
