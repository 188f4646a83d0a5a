import { z } from "zod";
import { itemShapes, threadItem } from "../../src/protocol/items.ts";
import { itemsShape } from "../../src/protocol/shapes.ts";

/** A field that is read: its path as the digests have it, and whether the bridge goes on without it. */
export interface ReadField {
  readonly path: string;
  readonly optional: boolean;
}

/** Every field a zod shape reads. Arrays are transparent, `*` is a key of a map, `<x>` a variant of a union. */
export function readFields(shape: z.ZodType, path = "", optional = false): ReadField[] {
  if ((shape as unknown) === threadItem || (shape as unknown) === itemsShape) {
    return Object.entries(itemShapes).flatMap(([type, variant]) => readFields(variant, `${path}<${type}>`));
  }
  if (shape instanceof z.ZodObject) {
    const fields = Object.entries(shape.shape as Record<string, z.ZodType>);
    const own = path === "" || path.endsWith(">") ? [] : [{ path, optional }];
    return [...own, ...fields.flatMap(([name, field]) => readFields(field, path === "" ? name : `${path}.${name}`))];
  }
  if (shape instanceof z.ZodOptional || shape instanceof z.ZodNullable || shape instanceof z.ZodDefault) {
    return readFields(shape.def.innerType as z.ZodType, path, true);
  }
  if (shape instanceof z.ZodArray) return inside(shape.element as z.ZodType, path, path, optional);
  if (shape instanceof z.ZodRecord) return inside(shape.valueType as z.ZodType, path, `${path}.*`, optional);
  if (shape instanceof z.ZodPipe) return readFields(shape.in as z.ZodType, path, optional);
  // The tag of a variant is what chose the variant.
  if (shape instanceof z.ZodLiteral || path === "") return [];
  return [{ path, optional: optional || shape instanceof z.ZodUnknown }];
}

function inside(element: z.ZodType, path: string, below: string, optional: boolean): ReadField[] {
  const own = { path, optional };
  return [own, ...readFields(element, below).filter((field) => field.path !== path && field.path !== below)];
}
