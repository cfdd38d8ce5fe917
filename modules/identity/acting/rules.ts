import { Compile } from 'typebox/compile';
import { Representation } from '#protocol/representation';

const representationShape = Compile(Representation);

/** The claim by which a client asks for whom somebody acts, and is told. */
export const representationClaim = 'representation';

/** What a request says of acting: nothing; that the person chooses for whom; or under which mandate, by its handle. */
export function readAskedMandate(params: Record<string, unknown>): { handle?: string } | undefined {
  const { claims } = params;
  if (typeof claims !== 'string') return undefined;
  let asked: unknown;
  try {
    asked = JSON.parse(claims)?.id_token?.[representationClaim];
  } catch {
    // The provider refuses such a request by itself, with the standard's own code.
    return undefined;
  }
  if (asked === undefined) return undefined;
  const value = (asked as { value?: unknown } | null)?.value;
  return typeof value === 'string' ? { handle: value } : {};
}

/** The `representation` claim of an ID token; undefined when it has another form, and then nobody acts for anybody. */
export function readRepresentation(claim: unknown): Representation | undefined {
  return representationShape.Check(claim) ? claim : undefined;
}
