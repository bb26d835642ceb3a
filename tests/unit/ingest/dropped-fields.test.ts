// Tests which dropped fields ingest names to the sender.
import { describe, expect, it } from 'vitest';
import { AlertIn } from '#lib/domain/alert.ts';
import { DeviceIn } from '#lib/domain/device.ts';
import { DroppedFields, fieldTree } from '#lib/server/ingest/dropped-fields.ts';

const listOf = (add: (dropped: DroppedFields) => void) => {
	const dropped = new DroppedFields();
	add(dropped);
	return { total: dropped.total, list: dropped.list() };
};

describe('the dropped fields', () => {
	it('are counted by name, in the record and in the objects inside it', () => {
		const device = { deviceId: 'x', colour: 1, tenures: [{ supplier: 'x', note: 1 }, { note: 2 }, null] };
		const alert = { code: 'x', reference: { counter: '1', payload: { deep: 1 } }, payload: 'x' };
		const { total, list } = listOf((dropped) => {
			dropped.addUnknown(device, fieldTree(DeviceIn));
			dropped.addUnknown(alert, fieldTree(AlertIn));
		});
		expect(total).toBe(5);
		expect(list).toEqual([
			{ field: 'tenures.note', count: 2 },
			{ field: 'colour', count: 1 },
			{ field: 'reference.payload', count: 1 },
			{ field: 'payload', count: 1 }
		]);
	});

	it('name the nearest known field of their object if they look misspelt', () => {
		const { list } = listOf((dropped) => {
			dropped.addUnknown({ raisdAt: 1, payload: 'x', reference: { countr: 1 } }, fieldTree(AlertIn));
		});
		expect(list).toEqual([
			{ field: 'raisdAt', count: 1, nearest: 'raisedAt' },
			{ field: 'payload', count: 1 },
			{ field: 'reference.countr', count: 1, nearest: 'reference.counter' }
		]);
	});

	it('are not named if their names may hold data', () => {
		const names = ['00DF0100', 'a b', 'x'.repeat(41), '', 'ключ', '__proto__', 'a.b', '{"a":1}'];
		expect(
			listOf((dropped) => {
				for (const name of names) dropped.add(name);
				dropped.add('plain_name-1');
			})
		).toEqual({
			total: 9,
			list: [
				{ field: 'plain_name-1', count: 1 },
				{ field: 'other', count: 8 }
			]
		});
	});

	it('are named up to twenty, and the rest is counted together', () => {
		const { list, total } = listOf((dropped) => {
			for (let i = 0; i < 500; i++) dropped.add(`field${i % 25}`);
		});
		expect(list).toHaveLength(21);
		expect(list.at(-1)).toEqual({ field: 'other', count: 100 });
		expect(total).toBe(500);
	});
});
