// Gives the address of a standing decision. The desk loads this alone, without the words of standing decisions.

export const standingHref = (id: string): string => `/standing-decisions/${id}`;
