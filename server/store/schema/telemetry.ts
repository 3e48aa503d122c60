export interface TelemetrySchema {}
