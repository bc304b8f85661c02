import type { account as en } from '../en/account';

/** Anmelden, Konto, Einwilligungen und Löschung, auf Deutsch. */
export const account: typeof en = {
  page: {
    loading: 'Wird geladen',
    signInFirst: 'Dafür braucht es ein Konto',
    signInFirstText: 'Was Sie hier aufheben, gehört nur Ihnen. Darum müssen wir wissen, dass Sie es sind.',
    signIn: 'Anmelden',
    register: 'Konto anlegen',
    more: 'Mehr zeigen',
    stale: 'Sie sind offline: Das hat Ihr Gerät behalten.',
    save: 'Speichern',
    cancel: 'Abbrechen',
  },

  signIn: {
    title: 'Anmelden',
    text: 'Ihr Passwort geben Sie auf der nächsten Seite ein. Diese Seite sieht es nie, und auf dem Gerät bleibt nichts davon.',
    begin: 'Weiter zur Anmeldung',
    register: 'Noch kein Konto? Legen Sie eines an',
    withoutAccount: 'Was wir ohne Konto von Ihnen aufheben',
    already: 'Sie sind angemeldet.',
    toAccount: 'Zu Ihrem Konto',
    insecure:
      'Die Anmeldung braucht eine verschlüsselte Verbindung (https). Diese Seite wurde ohne geöffnet.',
    finishing: 'Sie werden angemeldet …',
    failed: 'Die Anmeldung hat nicht geklappt',
    failedText: 'Der Rückweg von der Anmeldeseite war zu alt oder begann in einem anderen Tab.',
  },

  register: {
    title: 'Konto anlegen',
    text: 'Mit einem Konto können Sie ein Profil anlegen, Beurteilungen bekommen und Ihren Kühlschrank auf allen Geräten führen. Was Sie hier schon gescannt haben, nehmen Sie mit.',
    email: 'E-Mail-Adresse',
    emailWrong: 'Das sieht nicht nach einer E-Mail-Adresse aus.',
    password: 'Passwort',
    passwordHint: 'Mindestens 12 Zeichen. Mehrere Wörter merken sich leichter als Sonderzeichen.',
    passwordShort: 'Das Passwort braucht mindestens 12 Zeichen.',
    passwordIsEmail: 'Das Passwort darf nicht Ihre E-Mail-Adresse sein.',
    name: 'Wie wir Sie nennen dürfen',
    nameHint: 'Darf leer bleiben.',
    submit: 'Konto anlegen und weiter',
    taken: 'Mit dieser Adresse gibt es schon ein Konto. Melden Sie sich an.',
    already: 'Ich habe ein Konto',
    done: 'Ihr Konto ist angelegt',
    doneText: 'Melden Sie sich jetzt an. Danach fragen wir, wofür wir Ihr Profil verwenden dürfen.',
    mail: 'Sehen Sie in Ihre Mail',
    mailText: 'Wir haben Ihnen eine Nachricht geschickt. Darin steht, wie es weitergeht.',
    signIn: 'Jetzt anmelden',
  },

  account: {
    title: 'Ihr Konto',
    settings: {
      title: 'Über Sie',
      name: 'Ihr Name',
      language: 'Sprache der Seiten',
      zone: 'Zeitzone',
      zoneHint: 'Nach ihr richten sich die Daten der Lebensmittel.',
      zoneDiffers: (here) => `Nach ihr richten sich die Daten der Lebensmittel. Ihr Gerät sagt ${here}.`,
      units: 'Einheiten',
      metric: 'Gramm und Liter',
      imperial: 'Unzen und Pints',
      save: 'Speichern',
      saved: 'Gespeichert.',
    },
    more: 'Weiteres',
    toProfile: 'Ihr Profil',
    toSharing: 'Gemeinsamer Kühlschrank, Kalender und Mitteilungen',
    toBrand: 'Für Marken',
    toAdmin: 'Verwaltung',
    id: 'Nummer Ihres Kontos:',
    export: {
      title: 'Ihre Daten mitnehmen',
      text: 'Alles, was irgendein Teil von PackyTrace über Sie aufhebt, in einer Datei.',
      start: 'Meine Daten zusammentragen',
      progress: (done, total) => `Von ${done} von ${total} Diensten zusammengetragen`,
      ready: 'Ihre Daten liegen bereit.',
      download: 'Datei herunterladen',
      failed: 'Nicht jeder Dienst hat geantwortet. Bitte versuchen Sie es noch einmal.',
    },
    signOut: {
      button: 'Abmelden',
      waiting: (count) =>
        count === 1
          ? '1 Änderung wurde noch nicht gesendet und ginge verloren.'
          : `${count} Änderungen wurden noch nicht gesendet und gingen verloren.`,
    },
    erase: {
      title: 'Alles löschen',
      text: 'Ihr Konto, Profil, Verlauf und Kühlschrank werden überall gelöscht. Niemand kann sie zurückholen.',
      sure: 'Mir ist klar, dass sich das nicht rückgängig machen lässt.',
      button: 'Mein Konto und alle meine Daten löschen',
    },
  },

  consents: {
    title: 'Was Sie erlauben',
    purposes: {
      health_profile: {
        title: 'Gesundheitsprofil',
        text: 'Wir heben verschlüsselt auf, was Sie uns über Allergien, Ernährung und Erkrankungen sagen, und vergleichen Produkte damit. Sonst sieht es niemand. Wenn Sie widerrufen, werden Profile und Beurteilungen sofort gelöscht.',
      },
      measurement: {
        title: 'Mitgezählt werden',
        text: 'Marken erfahren, wie viele Menschen ein Produkt gescannt, aufbewahrt, gegessen oder weggeworfen haben: verrauschte Zahlen, nie unter zehn Personen, nie wer. Wenn Sie widerrufen, zählen Sie nicht mehr mit.',
      },
    },
    granted: 'erlaubt',
    notGranted: 'nicht erlaubt',
    withdrawn: 'widerrufen',
    give: (purpose) => `Erlauben: ${purpose}`,
    withdraw: (purpose) => `Widerrufen: ${purpose}`,
    history: 'Alle Entscheidungen bisher',
    noHistory: 'Sie haben noch nichts entschieden.',
  },

  erasure: {
    title: 'Löschung Ihrer Daten',
    unknown: 'Unter dieser Adresse gibt es keine Löschung.',
    inProgress: 'Wird gelöscht',
    inProgressText: 'Jeder Dienst löscht seinen Teil und bestätigt es. Sie können diese Seite schließen.',
    completed: 'Alles ist gelöscht',
    completedText: 'Jeder Dienst hat es bestätigt.',
    confirmations: 'Bestätigungen',
    service: 'Dienst',
    confirmed: 'Bestätigt',
    notYet: 'noch nicht',
  },

  privacy: {
    title: 'Ohne Konto',
    lead: 'Wenn Sie etwas scannen, bekommt Ihr Browser eine Zufallszahl, die Ihren Verlauf zusammenhält. Sie sagt nichts über Sie oder Ihr Gerät.',
    granted: 'Sie werden mitgezählt.',
    notGranted: 'Sie werden nicht mitgezählt.',
    give: 'Mich mitzählen',
    withdraw: 'Mich nicht mehr mitzählen',
    erase: 'Löschen, was dieser Browser gescannt hat',
    eraseText: 'Ihr Verlauf ohne Konto wird überall gelöscht, und die Zufallszahl verschwindet.',
    eraseButton: 'Meine Scans löschen',
    nothing: 'Von diesem Browser ist nichts aufgehoben.',
  },
};
