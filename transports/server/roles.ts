// Who may do what.

export type Role = 'admin' | 'mask_builder' | 'mask_runner'
export const ROLES: readonly Role[] = ['admin', 'mask_builder', 'mask_runner']

export type Scope =
  | 'ifm/rules:list'
  | 'ifm/rules:read'
  | 'ifm/rules:create'
  | 'ifm/rules:update'
  | 'ifm/rules:delete'
  | 'ifm/mask'
  | 'ifm/seeds:list'
  | 'ifm/seeds:create'
  | 'ifm/seeds:delete'
  | 'ifm/metrics'

const RUNNER: readonly Scope[] = ['ifm/mask', 'ifm/metrics', 'ifm/rules:list']
const BUILDER: readonly Scope[] = [...RUNNER, 'ifm/rules:read', 'ifm/rules:create', 'ifm/rules:update', 'ifm/rules:delete', 'ifm/seeds:list', 'ifm/seeds:create']
const ADMIN: readonly Scope[] = [...BUILDER, 'ifm/seeds:delete']

/** The scopes of each role, sorted. */
export const SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  admin: [...ADMIN].sort(),
  mask_builder: [...BUILDER].sort(),
  mask_runner: [...RUNNER].sort(),
}
