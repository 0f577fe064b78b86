import type { FieldDefinition, Meta } from "../api/types.ts";

export type FieldValue = string | number | boolean | string[] | null;

/** The fields that a ticket of a category has, in their order. A category's fields are its subcategories' too. */
export function fieldsFor(meta: Meta | undefined, category: string | null | undefined): FieldDefinition[] {
  const within = new Set<string>();
  for (let at = category ?? null; at && !within.has(at); at = meta?.categories.find((row) => row.id === at)?.parent ?? null) within.add(at);
  // A desk whose API is older than its console tells of no fields.
  const all = (meta as { fields?: FieldDefinition[] } | undefined)?.fields ?? [];
  const active = all.filter((field) => field.active && !field.withdrawn && (!field.categories?.length || field.categories.some((id) => within.has(id))));
  return active.sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
}
