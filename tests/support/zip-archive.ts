// Builds a zip archive. A test can state a wrong size for a file.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipFile {
	name: string;
	content: string | Buffer;
	/** The uncompressed size that the archive states. */
	statedBytes?: number;
	encrypted?: boolean;
}

export function zipArchive(files: readonly ZipFile[]): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const { name, content, statedBytes, encrypted = false } of files) {
		const data = Buffer.from(content);
		const compressed = deflateRawSync(data);
		const shared = Buffer.alloc(26);
		shared.writeUInt16LE(20, 0);
		shared.writeUInt16LE(encrypted ? 1 : 0, 2);
		shared.writeUInt16LE(8, 4);
		shared.writeUInt32LE(crc32(data), 10);
		shared.writeUInt32LE(compressed.length, 14);
		shared.writeUInt32LE(statedBytes ?? data.length, 18);
		shared.writeUInt16LE(Buffer.byteLength(name), 22);
		parts.push(Buffer.from('PK\x03\x04'), shared, Buffer.from(name), compressed);
		const rest = Buffer.alloc(14);
		rest.writeUInt32LE(offset, 10);
		directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, rest, Buffer.from(name));
		offset += 30 + Buffer.byteLength(name) + compressed.length;
	}
	const central = Buffer.concat(directory);
	const end = Buffer.alloc(18);
	end.writeUInt16LE(files.length, 4);
	end.writeUInt16LE(files.length, 6);
	end.writeUInt32LE(central.length, 8);
	end.writeUInt32LE(offset, 12);
	return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end]);
}
