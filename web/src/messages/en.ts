import { account } from './en/account';
import { brand } from './en/brand';
import { food } from './en/food';
import { fridge } from './en/fridge';

/** All that the app says, in English. The shape of every other catalogue. */
export const en = {
  direction: 'ltr' as 'ltr' | 'rtl',

  app: {
    skip: 'Skip to the content',
    home: 'PackyTrace, to the start',
    pages: 'Pages',
    scan: 'Scan',
    history: 'History',
    fridge: 'Fridge',
    profile: 'Profile',
    account: 'Account',
    signIn: 'Sign in',
    privacy: 'What we keep of you',
    language: 'Language',
    footnote:
      'PackyTrace repeats what is on record about a label. It does not diagnose or treat. If the pack says something else, believe the pack.',
    opening: 'Opening the page',
  },

  ...account,
  ...food,
  ...fridge,
  ...brand,

  failure: {
    offline: {
      title: 'You are offline',
      text: 'PackyTrace needs a connection for this. Check yours and try again.',
    },
    busy: { title: 'Too many requests', text: 'Please wait a moment, then try again.' },
    unavailable: {
      title: 'PackyTrace cannot answer right now',
      text: 'You did nothing wrong. It usually passes within a minute.',
    },
    signed_out: { title: 'You are signed out', text: 'Please sign in again, then it goes on.' },
    forbidden: {
      title: 'Your account may not do this',
      text: 'It needs a right that this account does not have.',
    },
    conflict: {
      title: 'This does not fit what is there',
      text: 'Somebody may have changed it meanwhile. Load the page again and look.',
    },
    refused: { title: 'We could not read this', text: 'PackyTrace did not understand the request.' },
    unexpected: { title: 'Something went wrong', text: 'This should not have happened. Please try again.' },
    page: { title: 'This page did not load', text: 'The connection may have been lost on the way.' },
    retry: 'Try again',
    reference: 'If you tell us about it, give this reference:',
  },

  notFound: {
    title: 'There is no such page',
    text: 'The address may be mistyped, or the page has moved.',
    home: 'Read a code instead',
  },

  scan: {
    title: 'What’s in the pack?',
    lead: 'Every pack carries a code. Show it to the camera or type it, and see what is on record: allergens, ingredients, nutrition and recalls.',
    label: 'Code on the pack',
    hint: 'The digits under the barcode, the link in a QR code, or whatever your scanner read.',
    submit: 'Show the passport',
    sending: 'Reading the code …',
    empty: 'Type the code first.',
    kinds: {
      title: 'What a code looks like',
      number: 'Barcode',
      numberText: '8, 12, 13 or 14 digits below the bars',
      link: 'QR code',
      linkText: 'A web address with /01/ and the product’s number',
      elements: 'DataMatrix, GS1-128',
      elementsText: 'Numbers in brackets: product, date, lot',
    },
    camera: 'Your phone’s own camera app can open the QR code, too: it leads to the same passport.',
    refused: {
      invalid_check_digit:
        'The check digit is wrong, so a digit is probably mistyped. Compare it with the pack.',
      invalid_length: 'A part of the code is too short or too long.',
      invalid_character: 'There is a character in it that cannot stand there.',
      invalid_date: 'There is a date in it that does not exist.',
      unknown_ai: 'There is a number in it that GS1 does not define.',
      qualifier_order: 'The parts of the link are in the wrong order.',
      not_allowed_here: 'There is a part in it that must not stand there.',
      missing_required: 'A part is missing that this code needs.',
      duplicate_ai: 'The same part is in it twice, with different values.',
      no_gtin: 'The code is valid, but it does not name a product.',
      unreadable: 'This is no code that we can read. It may be incomplete.',
      other: 'We cannot read this code.',
    },
    refusedHere: 'This is the place:',
  },

  passport: {
    loading: 'Looking up the product',
    ready: (name: string) => `Product found: ${name}`,
    unnamed: 'Product without a name',

    unknown: {
      title: 'We don’t know this product yet',
      text: 'The number is valid, but nobody has told us about the product. Nothing here says that it is safe, or that it is not.',
      counted: 'Your scan was counted: it shows which products people miss here.',
      another: 'Read another code',
    },
    invalid: {
      title: 'This is no product number',
      text: (number: string) => `“${number}” is not a valid GTIN: its check digit or its length is wrong.`,
    },

    verdict: {
      question: 'Does it suit you?',
      notRequested: 'Sign in and make a profile to see whether it suits you.',
      noProfile: 'Make a profile, and every product is compared with it.',
      unavailable: 'Verdict unavailable right now',
      unavailableText:
        'What is on record about the product is here; only the comparison with your profile is missing.',
      headline: {
        recalled: 'Do not eat it: recalled',
        past_use_by: 'Do not eat it: past its use-by date',
        avoid: 'Avoid it',
        caution: 'Take care',
        unknown: 'We cannot tell',
        suitable: 'It suits your profile',
      },
      unchecked: (count: number) =>
        count === 1 ? '1 check could not be made.' : `${count} checks could not be made.`,
    },

    withdrawn: 'Withdrawn by the brand',
    withdrawnText: 'The brand no longer offers this product. What follows is its last record.',

    recall: {
      title: {
        affected: 'Recalled: your pack is affected',
        cannot_tell: 'Recalled: check whether your pack is affected',
        not_affected: 'Other packs of this product are recalled, not yours',
      },
      lots: (lots: string) => `Lots: ${lots}`,
      useBy: (first: string, last: string) => `Use-by dates: ${first} to ${last}`,
      all: 'All packs of this product are recalled.',
    },

    pack: {
      title: 'Read from the code',
      lot: 'Lot',
      serial: 'Serial number',
      use_by: 'Use by',
      best_before: 'Best before',
      packed_on: 'Packed on',
      produced_on: 'Produced on',
      cpv: 'Variant',
      pastUseBy: 'The use-by date has passed',
      pastUseByText: (day: string) =>
        `It was ${day}. Food past its use-by date may make you ill even if it looks and smells fine.`,
    },

    allergens: {
      title: 'Allergens',
      contains: 'Contains',
      may_contain: 'May contain',
      free_from: 'Free from',
      noneComplete: 'The brand states a complete list of ingredients and declares no allergen.',
      noneStated: 'No allergens are stated. That does not mean that there are none: read the pack.',
      incomplete: 'The statement is not complete, so there may be others.',
      names: {
        gluten: 'Cereals containing gluten',
        wheat: 'Wheat',
        rye: 'Rye',
        barley: 'Barley',
        oats: 'Oats',
        crustaceans: 'Crustaceans',
        eggs: 'Eggs',
        fish: 'Fish',
        peanuts: 'Peanuts',
        soybeans: 'Soybeans',
        milk: 'Milk',
        nuts: 'Nuts',
        almond: 'Almonds',
        hazelnut: 'Hazelnuts',
        walnut: 'Walnuts',
        cashew: 'Cashews',
        pecan: 'Pecans',
        brazil_nut: 'Brazil nuts',
        pistachio: 'Pistachios',
        macadamia: 'Macadamias',
        celery: 'Celery',
        mustard: 'Mustard',
        sesame: 'Sesame',
        sulphites: 'Sulphites',
        lupin: 'Lupin',
        molluscs: 'Molluscs',
      },
    },

    ingredients: { title: 'Ingredients', none: 'No ingredients are on record.' },

    nutrition: {
      title: 'Nutrition',
      nutrient: 'Nutrient',
      basis: {
        '100g': 'per 100 g',
        '100ml': 'per 100 ml',
        serving: 'per serving',
        unstated: 'amount not stated',
      },
      servingOf: (size: string) => `per serving (${size})`,
      prepared: 'as prepared',
      none: 'No nutrition values are on record.',
      names: {
        energy: 'Energy',
        fat: 'Fat',
        saturates: 'of which saturates',
        carbohydrate: 'Carbohydrate',
        sugars: 'of which sugars',
        fibre: 'Fibre',
        protein: 'Protein',
        salt: 'Salt',
        sodium: 'Sodium',
      },
    },

    more: {
      title: 'Good to know',
      storage: 'Storage',
      afterOpening: 'After opening',
      days: (count: number) => (count === 1 ? 'within 1 day' : `within ${count} days`),
      packaging: 'Packaging',
      origin: 'Origin',
      labels: 'Labels',
    },

    provenance: {
      title: 'Where this comes from',
      revision: 'Revision',
      sources: 'Stated by',
      latest: 'Last stated on',
      standing: { brand: 'the brand', certified: 'a certifier', community: 'the community' },
    },
  },
};

/** What a catalogue holds: the same places, each in its own language. */
export type Messages = typeof en;
