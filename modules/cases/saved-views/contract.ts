/** A filter of the queue that an officer keeps under a name. `filters` are the fields of the page's own form. */
export type SavedView = { id: string; name: string; filters: Record<string, string> };

export const savedViewsMax = 12;
export const viewNameMax = 40;
