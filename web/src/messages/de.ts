import { account } from './de/account';
import { brand } from './de/brand';
import { food } from './de/food';
import { fridge } from './de/fridge';
import type { Messages } from './en';

/** Alles, was die App sagt, auf Deutsch. */
export const de: Messages = {
  direction: 'ltr',

  app: {
    skip: 'Zum Inhalt springen',
    home: 'PackyTrace, zum Anfang',
    pages: 'Seiten',
    scan: 'Scannen',
    history: 'Verlauf',
    fridge: 'Kühlschrank',
    profile: 'Profil',
    account: 'Konto',
    signIn: 'Anmelden',
    privacy: 'Was wir von Ihnen aufheben',
    language: 'Sprache',
    footnote:
      'PackyTrace gibt wieder, was über ein Etikett bekannt ist. Es stellt keine Diagnose und ersetzt keine Behandlung. Steht auf der Packung etwas anderes, gilt die Packung.',
    opening: 'Die Seite wird geöffnet',
  },

  ...account,
  ...food,
  ...fridge,
  ...brand,

  failure: {
    offline: {
      title: 'Sie sind offline',
      text: 'Dafür braucht PackyTrace eine Verbindung. Bitte prüfen Sie Ihre und versuchen Sie es noch einmal.',
    },
    busy: {
      title: 'Zu viele Anfragen',
      text: 'Bitte warten Sie einen Moment und versuchen Sie es dann noch einmal.',
    },
    unavailable: {
      title: 'PackyTrace kann gerade nicht antworten',
      text: 'Sie haben nichts falsch gemacht. Meist ist es nach einer Minute vorbei.',
    },
    signed_out: {
      title: 'Sie sind abgemeldet',
      text: 'Bitte melden Sie sich wieder an, dann geht es weiter.',
    },
    forbidden: {
      title: 'Ihr Konto darf das nicht',
      text: 'Dazu braucht es ein Recht, das dieses Konto nicht hat.',
    },
    conflict: {
      title: 'Das passt nicht zum jetzigen Stand',
      text: 'Vielleicht hat es inzwischen jemand geändert. Laden Sie die Seite neu und sehen Sie nach.',
    },
    refused: { title: 'Das konnten wir nicht lesen', text: 'PackyTrace hat die Anfrage nicht verstanden.' },
    unexpected: {
      title: 'Etwas ist schiefgegangen',
      text: 'Das hätte nicht passieren dürfen. Bitte versuchen Sie es noch einmal.',
    },
    page: {
      title: 'Die Seite wurde nicht geladen',
      text: 'Vielleicht ging unterwegs die Verbindung verloren.',
    },
    retry: 'Noch einmal versuchen',
    reference: 'Wenn Sie uns davon berichten, nennen Sie bitte diese Kennung:',
  },

  notFound: {
    title: 'Diese Seite gibt es nicht',
    text: 'Vielleicht ist die Adresse falsch geschrieben, oder die Seite ist umgezogen.',
    home: 'Stattdessen einen Code lesen',
  },

  scan: {
    title: 'Was steckt in der Packung?',
    lead: 'Jede Packung trägt einen Code. Zeigen Sie ihn der Kamera oder tippen Sie ihn ein und sehen Sie, was darüber bekannt ist: Allergene, Zutaten, Nährwerte und Rückrufe.',
    label: 'Code auf der Packung',
    hint: 'Die Ziffern unter dem Strichcode, der Link in einem QR-Code oder was Ihr Scanner gelesen hat.',
    submit: 'Produktpass zeigen',
    sending: 'Der Code wird gelesen …',
    empty: 'Bitte zuerst den Code eingeben.',
    kinds: {
      title: 'So sieht ein Code aus',
      number: 'Strichcode',
      numberText: '8, 12, 13 oder 14 Ziffern unter den Strichen',
      link: 'QR-Code',
      linkText: 'Eine Webadresse mit /01/ und der Nummer des Produkts',
      elements: 'DataMatrix, GS1-128',
      elementsText: 'Zahlen in Klammern: Produkt, Datum, Charge',
    },
    camera: 'Auch die Kamera-App Ihres Telefons kann den QR-Code öffnen: Sie führt zum selben Produktpass.',
    refused: {
      invalid_check_digit:
        'Die Prüfziffer stimmt nicht, wahrscheinlich ist eine Ziffer vertippt. Vergleichen Sie mit der Packung.',
      invalid_length: 'Ein Teil des Codes ist zu kurz oder zu lang.',
      invalid_character: 'Darin steht ein Zeichen, das dort nicht stehen kann.',
      invalid_date: 'Darin steht ein Datum, das es nicht gibt.',
      unknown_ai: 'Darin steht eine Nummer, die GS1 nicht kennt.',
      qualifier_order: 'Die Teile des Links stehen in der falschen Reihenfolge.',
      not_allowed_here: 'Darin steht ein Teil, der dort nicht stehen darf.',
      missing_required: 'Es fehlt ein Teil, den dieser Code braucht.',
      duplicate_ai: 'Derselbe Teil kommt zweimal vor, mit verschiedenen Werten.',
      no_gtin: 'Der Code ist gültig, nennt aber kein Produkt.',
      unreadable: 'Das ist kein Code, den wir lesen können. Vielleicht ist er unvollständig.',
      other: 'Diesen Code können wir nicht lesen.',
    },
    refusedHere: 'Das ist die Stelle:',
  },

  passport: {
    loading: 'Das Produkt wird gesucht',
    ready: (name) => `Produkt gefunden: ${name}`,
    unnamed: 'Produkt ohne Namen',

    unknown: {
      title: 'Dieses Produkt kennen wir noch nicht',
      text: 'Die Nummer ist gültig, aber niemand hat uns etwas über das Produkt gesagt. Das heißt weder, dass es sicher ist, noch das Gegenteil.',
      counted: 'Ihr Scan wurde gezählt: Er zeigt, welche Produkte hier fehlen.',
      another: 'Einen anderen Code lesen',
    },
    invalid: {
      title: 'Das ist keine Produktnummer',
      text: (number) => `„${number}“ ist keine gültige GTIN: Prüfziffer oder Länge stimmen nicht.`,
    },

    verdict: {
      question: 'Passt es zu Ihnen?',
      notRequested: 'Melden Sie sich an und legen Sie ein Profil an, um zu sehen, ob es zu Ihnen passt.',
      noProfile: 'Legen Sie ein Profil an, dann wird jedes Produkt damit verglichen.',
      unavailable: 'Die Beurteilung ist gerade nicht möglich',
      unavailableText:
        'Was über das Produkt bekannt ist, steht hier; nur der Vergleich mit Ihrem Profil fehlt.',
      headline: {
        recalled: 'Nicht essen: zurückgerufen',
        past_use_by: 'Nicht essen: Verbrauchsdatum überschritten',
        avoid: 'Meiden Sie es',
        caution: 'Vorsicht',
        unknown: 'Das lässt sich nicht sagen',
        suitable: 'Es passt zu Ihrem Profil',
      },
      unchecked: (count) =>
        count === 1 ? '1 Prüfung war nicht möglich.' : `${count} Prüfungen waren nicht möglich.`,
    },

    withdrawn: 'Von der Marke zurückgezogen',
    withdrawnText: 'Die Marke führt dieses Produkt nicht mehr. Es folgt der letzte bekannte Stand.',

    recall: {
      title: {
        affected: 'Rückruf: Ihre Packung ist betroffen',
        cannot_tell: 'Rückruf: Prüfen Sie, ob Ihre Packung betroffen ist',
        not_affected: 'Andere Packungen dieses Produkts sind zurückgerufen, Ihre nicht',
      },
      lots: (lots) => `Chargen: ${lots}`,
      useBy: (first, last) => `Verbrauchsdaten: ${first} bis ${last}`,
      all: 'Alle Packungen dieses Produkts sind zurückgerufen.',
    },

    pack: {
      title: 'Aus dem Code gelesen',
      lot: 'Charge',
      serial: 'Seriennummer',
      use_by: 'Zu verbrauchen bis',
      best_before: 'Mindestens haltbar bis',
      packed_on: 'Verpackt am',
      produced_on: 'Hergestellt am',
      cpv: 'Variante',
      pastUseBy: 'Das Verbrauchsdatum ist überschritten',
      pastUseByText: (day) =>
        `Es war der ${day}. Danach können Lebensmittel krank machen, auch wenn sie gut aussehen und riechen.`,
    },

    allergens: {
      title: 'Allergene',
      contains: 'Enthält',
      may_contain: 'Kann enthalten',
      free_from: 'Frei von',
      noneComplete:
        'Die Marke erklärt, dass die Zutaten vollständig angegeben sind, und nennt kein Allergen.',
      noneStated:
        'Zu Allergenen ist nichts angegeben. Das heißt nicht, dass es keine gibt: Lesen Sie die Packung.',
      incomplete: 'Die Angabe ist nicht vollständig, es können weitere enthalten sein.',
      names: {
        gluten: 'Glutenhaltiges Getreide',
        wheat: 'Weizen',
        rye: 'Roggen',
        barley: 'Gerste',
        oats: 'Hafer',
        crustaceans: 'Krebstiere',
        eggs: 'Eier',
        fish: 'Fisch',
        peanuts: 'Erdnüsse',
        soybeans: 'Soja',
        milk: 'Milch',
        nuts: 'Schalenfrüchte',
        almond: 'Mandeln',
        hazelnut: 'Haselnüsse',
        walnut: 'Walnüsse',
        cashew: 'Cashewnüsse',
        pecan: 'Pekannüsse',
        brazil_nut: 'Paranüsse',
        pistachio: 'Pistazien',
        macadamia: 'Macadamianüsse',
        celery: 'Sellerie',
        mustard: 'Senf',
        sesame: 'Sesam',
        sulphites: 'Sulfite',
        lupin: 'Lupinen',
        molluscs: 'Weichtiere',
      },
    },

    ingredients: { title: 'Zutaten', none: 'Zutaten sind nicht bekannt.' },

    nutrition: {
      title: 'Nährwerte',
      nutrient: 'Nährstoff',
      basis: {
        '100g': 'je 100 g',
        '100ml': 'je 100 ml',
        serving: 'je Portion',
        unstated: 'Menge nicht angegeben',
      },
      servingOf: (size) => `je Portion (${size})`,
      prepared: 'zubereitet',
      none: 'Nährwerte sind nicht bekannt.',
      names: {
        energy: 'Brennwert',
        fat: 'Fett',
        saturates: 'davon gesättigte Fettsäuren',
        carbohydrate: 'Kohlenhydrate',
        sugars: 'davon Zucker',
        fibre: 'Ballaststoffe',
        protein: 'Eiweiß',
        salt: 'Salz',
        sodium: 'Natrium',
      },
    },

    more: {
      title: 'Gut zu wissen',
      storage: 'Aufbewahrung',
      afterOpening: 'Nach dem Öffnen',
      days: (count) => (count === 1 ? 'innerhalb von 1 Tag' : `innerhalb von ${count} Tagen`),
      packaging: 'Verpackung',
      origin: 'Herkunft',
      labels: 'Siegel',
    },

    provenance: {
      title: 'Woher das stammt',
      revision: 'Fassung',
      sources: 'Angegeben von',
      latest: 'Zuletzt angegeben am',
      standing: { brand: 'die Marke', certified: 'eine Prüfstelle', community: 'die Gemeinschaft' },
    },
  },
};
