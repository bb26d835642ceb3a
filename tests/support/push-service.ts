// Runs a push service of the tests' own (RFC 8030): it checks the signature of the sender (VAPID, RFC 8292) and decrypts
// the message (RFC 8291) as the browser of a person does.
import {
	createDecipheriv,
	createECDH,
	createHmac,
	createPublicKey,
	randomBytes,
	verify,
	type ECDH
} from 'node:crypto';
import { startReceiver, type Manner, type Received } from './receiver.ts';

/** A browser that has subscribed: it knows the private key. */
export interface SubscribedBrowser {
	subscription: { endpoint: string; keys: { p256dh: string; auth: string } };
	ecdh: ECDH;
	auth: Buffer;
	path: string;
}

export interface Push {
	browser: SubscribedBrowser;
	payload: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look at payloads of any shape
	text: string;
	headers: Received['headers'];
	/** The claims of the sender, whose signature is right. */
	claims: { aud: string; exp: number; sub: string };
	/** The public key of the sender. */
	key: string;
}

export type PushService = Awaited<ReturnType<typeof startPushService>>;

export async function startPushService() {
	const browsers: SubscribedBrowser[] = [];
	const pushes: Push[] = [];
	const statuses = new Map<string, number>();
	const receiver = await startReceiver();
	const take: Manner = (_req, res, received) => {
		const browser = browsers.find(({ path }) => path === received.path);
		const status = statuses.get(received.path) ?? (browser ? 201 : 404);
		if (browser && status === 201) pushes.push(open(browser, received, receiver.url));
		res.writeHead(status).end();
	};
	receiver.behave(take);
	return {
		url: receiver.url,
		pushes,
		/** The pushes to one browser. */
		to: (browser: SubscribedBrowser): Push[] => pushes.filter((push) => push.browser === browser),
		/** A browser subscribes. */
		subscribe(): SubscribedBrowser {
			const ecdh = createECDH('prime256v1');
			ecdh.generateKeys();
			const auth = randomBytes(16);
			const path = `/push/${randomBytes(12).toString('base64url')}`;
			const keys = { p256dh: ecdh.getPublicKey('base64url'), auth: auth.toString('base64url') };
			const browser = { subscription: { endpoint: receiver.url + path, keys }, ecdh, auth, path };
			browsers.push(browser);
			return browser;
		},
		/** From now on, the service answers pushes to this browser with a status. */
		answer: (browser: SubscribedBrowser, status: number): void => void statuses.set(browser.path, status),
		[Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose]()
	};
}

function open(browser: SubscribedBrowser, received: Received, audience: string): Push {
	const [, token = '', key = ''] =
		/^vapid t=([^,]+), ?k=([\w-]+)$/.exec(received.headers.authorization ?? '') ?? [];
	const claims = claimsOf(token, key);
	if (claims.aud !== audience) throw new Error(`the token is for ${claims.aud}`);
	const text = decrypt(browser, received.bytes).toString('utf8');
	return { browser, payload: JSON.parse(text), text, headers: received.headers, claims, key };
}

/** Checks the signature of a JSON Web Token (ES256) and returns its claims. Throws if the signature is wrong. */
function claimsOf(token: string, key: string): Push['claims'] {
	const [head = '', body = '', signature = ''] = token.split('.');
	const point = Buffer.from(key, 'base64url');
	const publicKey = createPublicKey({
		format: 'jwk',
		key: {
			kty: 'EC',
			crv: 'P-256',
			x: point.subarray(1, 33).toString('base64url'),
			y: point.subarray(33, 65).toString('base64url')
		}
	});
	const isRight = verify(
		'sha256',
		Buffer.from(`${head}.${body}`),
		{ key: publicKey, dsaEncoding: 'ieee-p1363' },
		Buffer.from(signature, 'base64url')
	);
	if (!isRight) throw new Error('the signature of the sender is wrong');
	return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Push['claims'];
}

/** Decrypts a message of one record (RFC 8188, `aes128gcm`) with the keys of the browser. Throws if it is damaged. */
function decrypt({ ecdh, auth }: SubscribedBrowser, body: Buffer): Buffer {
	const salt = body.subarray(0, 16);
	const keyLength = body[20]!;
	const sender = body.subarray(21, 21 + keyLength);
	const record = body.subarray(21 + keyLength);
	const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender]);
	const input = hkdf(auth, ecdh.computeSecret(sender), info, 32);
	const key = hkdf(salt, input, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
	const nonce = hkdf(salt, input, Buffer.from('Content-Encoding: nonce\0'), 12);
	const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(record.subarray(-16));
	const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
	return padded.subarray(0, padded.lastIndexOf(2));
}

function hkdf(salt: Buffer, input: Buffer, info: Buffer, length: number): Buffer {
	const key = createHmac('sha256', salt).update(input).digest();
	return createHmac('sha256', key).update(info).update(Buffer.of(1)).digest().subarray(0, length);
}
