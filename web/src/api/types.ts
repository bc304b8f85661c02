/** The generated types that the app uses, under one roof. */
export type {
  Allergen,
  CreateScanData,
  GetProductData,
  GetScanData,
  Identifier,
  Ingredient,
  Nutriment,
  PackagingPart,
  Passport,
  Problem,
  Quantity,
  Recall,
  Scan,
  Verdict,
} from './generated/passport/types.gen';
