/** The generated types that the app uses, under one roof. */
export type {
  Allergen,
  GetProductData,
  GetScanData,
  Identifier,
  Ingredient,
  Nutriment,
  PackagingPart,
  Passport,
  Problem,
  Quantity,
  Outcome,
  Recall,
  RecordScanData,
  Scan,
  Verdict,
} from './generated/passport/types.gen';
