// Reads the address of a mail server, such as smtp://user@mail.example:587, and the sender of mails.
import { isIP } from 'node:net';

export interface MailServer {
	host: string;
	port: number;
	/** Whether the connection begins with TLS (smtps://). */
	secure: boolean;
	/** Whether a mail may only go over TLS. Otherwise STARTTLS is used if the server offers it. */
	needsTls: boolean;
	user: string | null;
	password: string | null;
}

export const MAIL_SERVER_RULE =
	'must be smtp://HOST:PORT or smtps://HOST:PORT; add ?tls=optional only if the network to the server is your own';

/** Mails to this machine itself need no TLS, because nobody can listen in between. */
const isLoopback = (host: string): boolean =>
	host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Returns `null` for a text that is no address of a mail server. */
export function parseMailServer(text: string): MailServer | null {
	const url = URL.parse(text);
	if (!url || !/^smtps?:$/.test(url.protocol) || !url.hostname || !/^\/?$/.test(url.pathname)) return null;
	const { tls, ...others } = Object.fromEntries(url.searchParams);
	if (Object.keys(others).length > 0 || !['required', 'optional', undefined].includes(tls)) return null;
	const secure = url.protocol === 'smtps:';
	const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
	return {
		host,
		port: Number(url.port) || (secure ? 465 : 587),
		secure,
		needsTls: tls === undefined ? !isLoopback(host) : tls === 'required',
		user: url.username ? decodeURIComponent(url.username) : null,
		password: url.password ? decodeURIComponent(url.password) : null
	};
}

export interface MailSender {
	name: string;
	address: string;
}

export const MAIL_SENDER_RULE =
	'must be an e-mail address such as pager@example.com, or a name and an address such as Causeway <pager@example.com>';

/** Returns `null` for a text that is neither an e-mail address nor a name with an address in angle brackets. */
export function parseMailSender(text: string): MailSender | null {
	const match = /^(?:([^<>"\p{Cc}]*?)\s*<([^<>\s]+)>|([^<>\s]+))$/u.exec(text.trim());
	const address = match?.[2] ?? match?.[3] ?? '';
	return /^[^\s@,;:"<>()]+@[^\s@,;:"<>()]+$/.test(address) ? { name: match?.[1] ?? '', address } : null;
}
