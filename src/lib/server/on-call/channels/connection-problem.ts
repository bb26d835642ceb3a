// Says in words why a connection to a receiver failed. The words never hold the address, because it may be a secret.
import { RefusedTarget } from '#lib/server/process/targets.ts';

/** The words for the error codes of Node.js. */
const WORDS: Readonly<Record<string, string>> = {
	ENOTFOUND: 'the DNS does not know the name of the receiver; check the address',
	EAI_AGAIN: 'the DNS does not answer',
	ECONNREFUSED: 'the receiver refused the connection; check the address and the port',
	ECONNRESET: 'the receiver closed the connection',
	EPIPE: 'the receiver closed the connection',
	// The code of the mail library.
	ECONNECTION: 'the receiver closed the connection',
	ETIMEDOUT: 'the receiver does not answer',
	EHOSTUNREACH: 'the network does not reach the receiver',
	ENETUNREACH: 'the network does not reach the receiver',
	EPROTO: 'the receiver does not speak TLS on this port; check the address',
	CERT_HAS_EXPIRED: 'the certificate of the receiver has expired',
	ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the receiver is for another name'
};

const NOT_VALID = 'the certificate of the receiver is not valid';
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

/** Returns why the connection failed, and whether a further try can help. */
export function connectionProblem(error: NodeJS.ErrnoException): { problem: string; again: boolean } {
	if (error instanceof RefusedTarget) return { problem: error.message, again: false };
	const code = error.code ?? '';
	return { problem: WORDS[code] ?? wordsOf(code, error.message), again: true };
}

function wordsOf(code: string, message: string): string {
	if (CERTIFICATE.test(code)) return NOT_VALID;
	if (code.startsWith('ERR_SSL_')) return WORDS['EPROTO']!;
	if (code.startsWith('HPE_')) return 'the answer of the receiver is not HTTP; check the address';
	if (message === 'socket hang up') return WORDS['ECONNRESET']!;
	return `the connection to the receiver failed${/^[A-Z_]+$/.test(code) ? ` (${code})` : ''}`;
}
