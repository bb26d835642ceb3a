// Defines the calendars of on call: their private addresses, and what an imported calendar would change.
import { z } from 'zod';
import { RotaView } from './rota-view.ts';

/** The private address of a calendar. `null`: nobody has asked for an address yet. */
export const CalendarAddress = z.object({ url: z.string().nullable() }).meta({ id: 'CalendarAddress' });
export type CalendarAddress = z.infer<typeof CalendarAddress>;

export const CalendarImportQuery = z.object({
	/** What the events become. Default: overrides. */
	as: z.enum(['overrides', 'absences']).optional(),
	/** `true`: saves nothing, and answers what the import would change. */
	preview: z.enum(['true', 'false']).optional()
});

const ImportedHours = z.object({ person: z.string(), from: z.string(), to: z.string() });
export type ImportedHours = z.infer<typeof ImportedHours>;

/** `event`: the number of the event in the calendar, from 1. */
const EventFault = z.object({ event: z.number().int(), message: z.string() });
export type EventFault = z.infer<typeof EventFault>;

export const CalendarImport = z
	.object({
		as: z.enum(['overrides', 'absences']),
		/** Whether the changes are saved. */
		saved: z.boolean(),
		changes: z.array(ImportedHours),
		/** The hours that the rota already has, and hours that are over. Neither is imported. */
		known: z.number().int(),
		past: z.number().int(),
		faults: z.array(EventFault),
		/** The rota after the import. `null`: nothing is saved. */
		rota: RotaView.nullable()
	})
	.meta({ id: 'CalendarImport' });
export type CalendarImport = z.infer<typeof CalendarImport>;
