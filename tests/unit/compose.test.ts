// Checks the files of Docker Compose: the schema of the Compose Specification, that every setting reaches the processes,
// and what makes an installation safe to run.
import { readFileSync } from 'node:fs';
import { DCLinter } from 'dclint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Settings } from '#lib/server/process/config.ts';

interface Service {
	image?: string;
	command?: string | string[];
	restart?: string;
	ports?: string[];
	init?: boolean;
	read_only?: boolean;
	security_opt?: string[];
	cap_drop?: string[];
	stop_grace_period?: string;
	environment?: Record<string, string | null>;
	healthcheck?: { test: string[] };
	depends_on?: Record<string, { condition: string }>;
}

const read = (file: string): Record<string, Service> =>
	(parse(readFileSync(file, 'utf8'), { merge: true }) as { services: Record<string, Service> }).services;

const services = read('docker-compose.yml');
const withSecrets = read('docker-compose.secrets.yml');
const PROCESSES = ['migrate', 'web', 'worker'];

describe.each(['docker-compose.yml', 'docker-compose.secrets.yml'])('%s', (file) => {
	it('follows the schema of the Compose Specification, and has no fault that the linter knows', () => {
		const linter = new DCLinter({
			rules: {
				// The order of the file follows the start of the services, and Compose reads every order.
				'services-alphabetical-order': 0,
				'service-keys-order': 0,
				'top-level-properties-order': 0,
				// The linter does not read the default of a variable. A test below looks at the address.
				'no-unbound-port-interfaces': 0,
				// The file with the secrets adds to a project that has a name.
				'require-project-name-field': file === 'docker-compose.yml' ? 2 : 0
			},
			quiet: false,
			debug: false,
			exclude: []
		});
		const found = linter.lintFiles([file], false);
		expect(found).toHaveLength(1);
		expect(found[0]!.messages.map(({ rule, line, message }) => `${line} ${rule}: ${message}`)).toEqual([]);
	});
});

describe('the services of docker-compose.yml', () => {
	it('take each secret from .env, and hold none themselves', () => {
		for (const [name, { environment = {} }] of Object.entries(services))
			for (const [variable, value] of Object.entries(environment)) {
				if (/(PASSWORD|SECRET|TOKEN|KEY)$/.test(variable))
					// A variable without a value comes from .env or from the shell.
					expect(value ?? '', `${name} ${variable}`).toMatch(/^(\$\{\w+\?[^}]+\})?$/);
				else if (/_URL$/.test(variable)) expect(new URL(value!).password, `${name} ${variable}`).toBe('');
			}
	});

	it('listen for this machine only, unless HOST says otherwise', () => {
		expect(
			Object.entries(services).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]))
		).toEqual([['web', '${HOST:-127.0.0.1}:${PORT:-3000}:3000']]);
	});

	it.for(PROCESSES)('pass every setting to %s', (name) => {
		expect(Object.keys(services[name]!.environment!).sort()).toEqual(Object.keys(Settings.shape).sort());
	});

	it('use images of one major version, and no Redis under a licence that restricts its use', () => {
		expect(Object.entries(services).map(([name, { image }]) => [name, image])).toEqual([
			['postgres', 'postgres:18'],
			['valkey', 'valkey/valkey:8'],
			...PROCESSES.map((name) => [name, 'causeway'])
		]);
		expect(services['valkey']!.command).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
	});

	it('each have a health check, or run once', () => {
		for (const [name, { healthcheck, restart }] of Object.entries(services))
			expect(restart === 'no' || (restart === 'unless-stopped' && healthcheck?.test[0] === 'CMD'), name).toBe(
				true
			);
		expect(services['migrate']!.restart).toBe('no');
	});

	it('start in order: stores, migration, processes', () => {
		expect(services['migrate']!.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
		for (const name of ['web', 'worker'])
			expect(services[name]!.depends_on).toEqual({
				migrate: { condition: 'service_completed_successfully' },
				postgres: { condition: 'service_healthy' },
				valkey: { condition: 'service_healthy' }
			});
	});

	it('get no more rights than they need, and the time to stop cleanly', () => {
		for (const [name, service] of Object.entries(services))
			expect(service.security_opt, name).toEqual(['no-new-privileges:true']);
		for (const name of PROCESSES)
			expect(services[name], name).toMatchObject({
				init: true,
				read_only: true,
				cap_drop: ['ALL'],
				stop_grace_period: '30s'
			});
	});
});

describe('docker-compose.secrets.yml', () => {
	it('gives each secret of docker-compose.yml as a file, and nothing else', () => {
		const secretsOf = (service: Service): string[] =>
			Object.entries(service.environment ?? {})
				.filter(([, value]) => value?.includes('?set '))
				.map(([name]) => `${name}_FILE`);
		for (const name of ['postgres', ...PROCESSES]) {
			const files = withSecrets[name]!.environment!;
			expect(Object.keys(files).sort()).toEqual(secretsOf(services[name]!).sort());
			for (const file of Object.values(files)) expect(file).toMatch(/^\/run\/secrets\//);
		}
	});
});
