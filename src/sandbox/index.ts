/** The sandbox as a library: `import { startSandbox } from 'trunkline/sandbox'`. */
export type { AccountData, App, Extension, ForwardingNumber, SandboxData } from './directory.ts';
export type { Fault, FaultAction } from './faults.ts';
export { SandboxFileUnusable } from './file-unusable.ts';
export { OpenApiFileUnusable } from './openapi/unusable.ts';
export type { Profile, RuleName, Rules } from './profile.ts';
export type { LoggedRequest } from './request-log.ts';
export type { Scenario } from './scenario/schema.ts';
export { type ScenarioFault, ScenarioWrong } from './scenario/wrong.ts';
export type { TlsOptions } from './server.ts';
export { NotLoopback, type Sandbox, type SandboxOptions, startSandbox } from './start.ts';
export type { SandboxState } from './state.ts';
export { CertificatesUnusable } from './tls/unusable.ts';
