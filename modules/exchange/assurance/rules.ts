import { findEvidenceType } from '#protocol/catalogue';
import type { AssuranceClass, AssuranceClasses } from './contract.ts';

/** The class of each evidence type. Throws a sentence for a type that is unknown or in two classes, and for an id that is used twice. */
export function readAssurance(classes: AssuranceClasses): Map<string, AssuranceClass> {
  const classOf = new Map<string, AssuranceClass>();
  if (new Set(classes.map(({ id }) => id)).size < classes.length) throw new Error('assurance: a class is there twice');
  for (const one of classes)
    for (const type of one.evidenceTypes) {
      if (!findEvidenceType(type)) throw new Error(`assurance: ${one.id} names ${type}, which is no evidence type`);
      if (classOf.has(type)) throw new Error(`assurance: ${type} is in ${classOf.get(type)!.id} and in ${one.id}`);
      classOf.set(type, one);
    }
  return classOf;
}
