// Every type that is measured, in the order of the report.
import type { Entity } from './entity.ts'
import { general } from './general.ts'
import { national } from './national.ts'
import { vendors } from './vendors.ts'

export const entities: readonly Entity[] = [...general, ...vendors, ...national]

/** Identifiers of people and companies: the types of gate G4. */
export const identifiers: ReadonlySet<string> = new Set([
  ...national.map((entity) => entity.name),
  'passport',
  'driver_licence',
  'national_id',
  'tax_id',
  'eu_vat',
  'medical_record',
  'health_plan_id',
])

/** Types with a vendor's prefix, part of gate G1. */
export const vendorNames: ReadonlySet<string> = new Set(vendors.filter((entity) => entity.alone === 'always').map((entity) => entity.name))
