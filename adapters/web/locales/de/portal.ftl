# Im Portal: was für einen Kontakt offen ist, und sein Konto.

nav = Portal
skip = Zum Inhalt
home = Start
account = Konto
sign-out = Abmelden
preview = Vorschau: So sieht es { $name }. Hier lässt sich nichts drücken, kein Link wird verbraucht, und der Verlauf nennt Sie.
    .back = Zurück zum Kontakt

welcome = Willkommen, { $name }
open-count = { $count ->
        [one] Ein Kurs oder eine Gruppe ist für Sie offen.
       *[other] { $count } Kurse und Gruppen sind für Sie offen.
    }
courses = Kurse
groups = Gruppen
course = Kurs
group = Gruppe
tile-open = Für Sie offen
tile-until = Offen bis { $day }
tile-days = { $count ->
        [one] noch ein Tag
       *[other] noch { $count } Tage
    }
tile-last = der letzte Tag
nothing-open = Im Moment ist nichts für Sie offen
    .text = Ihr Zugang ist beendet oder hat noch nicht begonnen. Meinen Sie, ein Kurs oder eine Gruppe sollte für Sie offen sein, dann fragen Sie die Person, die Sie eingeladen hat. Ihr Konto bleibt, und was für Sie geöffnet wird, erscheint hier.

since = Für Sie offen seit
until = Offen bis
open-course = Kurs öffnen
open-group = Gruppe öffnen
no-page-course = Dieser Kurs hat noch keine eigene Seite. Wo er stattfindet, sagt Ihnen die Person, die Sie eingeladen hat.
no-page-group = Diese Gruppe hat noch keine eigene Seite. Wo sie stattfindet, sagt Ihnen die Person, die Sie eingeladen hat.
back-home = Zurück zu allem, was für Sie offen ist

your-account = Ihr Konto
devices = Wo Sie angemeldet sind
this-device = dieses Gerät
device = { $browser } auf { $system }
device-unknown = Ein anderes Programm
signed-in-at = Angemeldet
last-used = Zuletzt benutzt
address = Internetadresse
sign-out-here = Abmelden
sign-out-there = Dort abmelden
everywhere = Überall abmelden
    .text = Beendet jede Sitzung, auch diese, und macht jeden Link ungültig, der an Sie ging.

not-me = Das war ich nicht
    .text = Steht auf dieser Seite ein Gerät oder eine Anmeldung, die nicht von Ihnen ist, dann sagen Sie es uns. Sofort endet jede Sitzung, auch diese, jeder Link an Sie wird ungültig, und das Team erfährt davon. Gleich danach können Sie um einen neuen Link bitten.
    .button = Alles beenden und dem Team melden

history = Ihr Verlauf
history-empty = Noch nichts.
did-ask = Sie haben um einen Link gebeten.
did-make = Ein Link wurde für Sie gemacht.
did-show = Ein Link von Ihnen wurde dem Team gezeigt, um ihn Ihnen zu geben.
did-text = Ein Link ging an Ihr Telefon.
did-mail = Ein Link ging an Ihre E-Mail-Adresse.
did-send = Ein Link ging an Sie.
did-fail = Eine Nachricht an Sie konnte nicht zugestellt werden.
did-sign-in-link = Mit Link angemeldet, { $device }.
did-sign-in-code = Mit Code angemeldet, { $device }.
did-refuse-expired = Ein abgelaufener Link wurde gedrückt, { $device }.
did-refuse-used = Ein schon benutzter Link wurde gedrückt, { $device }.
did-refuse-revoked = Ein abgeschalteter Link wurde gedrückt, { $device }.
did-refuse-replaced = Ein Link wurde gedrückt, für den es einen neueren gab, { $device }.
did-refuse-access-ended = Ein Link wurde gedrückt, der nirgendwohin mehr führte, { $device }.
did-refuse-other-browser = Ein Link wurde in einem anderen Browser gedrückt als dem, in dem um ihn gebeten wurde, { $device }.
did-refuse = Ein Link wurde gedrückt, der nicht mehr galt, { $device }.
did-sign-out = Abgemeldet.
did-supersede = Eine neue Anmeldung trat im selben Browser an die Stelle einer älteren.
did-end-with-all = Abgemeldet, mit allen anderen Geräten.
did-end-own = Sie haben ein anderes Gerät abgemeldet.
did-end = Ein Gerät wurde abgemeldet.
did-revoke = Ein Link an Sie wurde abgeschaltet.
did-renew-own = Sie haben sich überall abgemeldet.
did-renew = Alle früheren Links und Sitzungen von Ihnen wurden beendet.
did-dispute = Sie haben uns gesagt: Das war ich nicht. Das Team wurde informiert.
did-notice = Ein Hinweis auf die Änderung ging an Ihre alte Adresse.
did-preview = Das Team hat sich das Portal so angesehen, wie Sie es sehen.
a-browser = ein Browser
