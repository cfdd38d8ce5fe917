import { problem } from '../contract.ts';
import { subsystem as registrySubsystem } from '../rules.ts';

/** A service of a producer, as X-Road's REST address names it. */
export type ServiceAddress = {
  instance: string;
  memberClass: string;
  member: string;
  subsystem: string;
  service: string;
};

/** X-Road's identifiers (message protocol for REST section 4.8), as far as a state's offices and services use them. */
const part = /^[A-Za-z0-9._-]{1,64}$/;
const addressCharactersMax = 2_000;

/**
 * `/r1/INSTANCE/CLASS/MEMBER[/SUBSYSTEM]/SERVICE[/path]` from the address as it came, each part decoded by itself. Services of
 * this federation have no paths below them. Throws `call-malformed`, or `service-not-found` for a path.
 */
export function readAddress(path: string): ServiceAddress {
  const malformed = () => problem('call-malformed', { where: 'address' });
  if (path.length > addressCharactersMax) throw malformed();
  const parts = path
    .replace(/^\/r1\//, '')
    .replace(/\/$/, '')
    .split('/')
    .map((one) => {
      try {
        return decodeURIComponent(one);
      } catch {
        throw malformed();
      }
    });
  if (parts.length < 4 || !parts.every((one) => part.test(one))) throw malformed();
  if (parts.length > 5) throw problem('service-not-found');
  const [instance, memberClass, member] = parts as [string, string, string];
  return {
    instance,
    memberClass,
    member,
    subsystem: parts.length === 5 ? parts[3]! : registrySubsystem,
    service: parts.at(-1)!,
  };
}

export function serviceIdOf({ instance, memberClass, member, subsystem, service }: ServiceAddress): string {
  return [instance, memberClass, member, subsystem, service].join('/');
}
