// Reads a text field that holds a list, such as "SW1, SW2".

/** Returns the items between the commas. `undefined`: the field is empty. */
export function listOf(text: FormDataEntryValue | null): string[] | undefined {
	const items = String(text ?? '')
		.split(',')
		.map((item) => item.trim())
		.filter(Boolean);
	return items.length > 0 ? items : undefined;
}
