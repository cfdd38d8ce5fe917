/** For a new consent in place of one that was withdrawn, in working days of the deciding state. */
export const consentWorkingDays = 10;
