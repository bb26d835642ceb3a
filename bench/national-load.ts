// Defines the national load: the Alerts and Service Requests of Great Britain in a second, estimated for 2026.

export const NATIONAL_LOAD = { alertsPerSecond: 1150, serviceRequestsPerSecond: 800 };
