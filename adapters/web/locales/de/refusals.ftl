# Die Seiten von Links, die nicht anmelden. Jede sagt, was geschehen ist und was als Nächstes zu tun ist.

refused-expired = Dieser Link ist abgelaufen
    .text = Links gelten für begrenzte Zeit, und die Zeit von diesem ist um.
refused-used = Dieser Link wurde schon benutzt
    .text = Er hat schon so oft angemeldet, wie er darf, und gilt deshalb nicht noch einmal. Waren Sie das nicht, dann lassen Sie sich einen neuen schicken, und sehen Sie in Ihr Konto.
refused-revoked = Dieser Link wurde abgeschaltet
    .text = Er wurde vor seiner Zeit zurückgezogen und meldet Sie deshalb nicht mehr an.
refused-renewed = Dieser Link ist zu Ende
    .text = Seit er gemacht wurde, endete Ihr Zugang für eine Weile, Ihre Adresse änderte sich, oder alle Ihre Links und Anmeldungen wurden auf einmal beendet. Links von davor gelten nicht mehr.
refused-replaced = Es gibt einen neueren Link
    .text = Statt diesem ging ein neuerer Link an Sie. Suchen Sie die letzte Nachricht, und benutzen Sie den.
refused-access-ended = Ihr Zugang ist beendet
    .text = Im Moment ist hier nichts für Sie offen. Meinen Sie, das sollte anders sein, dann fragen Sie die Person, die Sie eingeladen hat. Sobald Sie wieder Zugang haben, können Sie einen neuen Link bekommen.
refused-subject-gone = Dieser Link gehört niemandem mehr
    .text = Die Person, für die er gemacht wurde, ist nicht mehr bei uns. Deshalb meldet er niemanden an.
refused-test = Das war eine Testnachricht
    .text = Sie zeigt, wie eine Nachricht ankommt. Der Link darin meldet niemanden an.
refused-other-browser = Öffnen Sie diesen Link dort, wo Sie um ihn gebeten haben
    .text = Er gilt nur in dem Browser, in dem um ihn gebeten wurde. Öffnen Sie ihn dort, oder geben Sie auf der Anmeldeseite den Code aus derselben Nachricht ein.
stopped = Anmelden ist gerade angehalten
    .text = Wir haben das Anmelden für einen Moment angehalten. Ihr Link ist nicht verloren: Versuchen Sie es etwas später noch einmal.
unknown = Dieser Link geht nicht
    .text = Vielleicht wurde er unterwegs abgeschnitten. Kopieren Sie ihn ganz aus der Nachricht, oder bitten Sie hier um einen neuen.

offer-new = Einen neuen zuschicken
    .home = Er geht an die Adresse, die wir von Ihnen haben.
    .offering = Er geht an die Adresse, die wir von Ihnen haben, und führt an dieselbe Stelle.
offer-ask = Um einen neuen Link bitten
offer-code = Code eingeben
offer-wait = Noch einmal versuchen
on-its-way = Sehen Sie in Ihre Nachrichten
    .text = Wenn ein neuer Link verschickt werden kann, ist er unterwegs an die Adresse, die wir von Ihnen haben. Das dauert höchstens eine Minute.
    .nothing = Nichts angekommen?
    .ask = Bitten Sie auf der Anmeldeseite um einen Link.

failure-to-portal = Zum Portal
failure-to-console = Zur Konsole
failure-not-found = Hier ist nichts
    .text = Unter dieser Adresse gibt es keine Seite. Prüfen Sie sie auf Tippfehler, oder fangen Sie neu an.
failure-method = Das geht hier nicht
    .text = Diese Adresse gibt es, aber nicht für das, was von ihr verlangt wurde. Fangen Sie neu an.
failure-too-large = Zu viel auf einmal
    .text = Was geschickt wurde, ist zu groß. Schicken Sie weniger, und versuchen Sie es noch einmal.
failure-unreadable = Das war nicht zu lesen
    .text = Was geschickt wurde, war nicht zu verstehen, deshalb geschah nichts. Gehen Sie zurück, laden Sie die Seite neu, und versuchen Sie es noch einmal.
failure-slow = Das hat zu lange gedauert
    .text = Ihre Verbindung war diesmal zu langsam. Versuchen Sie es noch einmal.
failure-too-many = Zu viele Anfragen
    .text = Von Ihrem Anschluss kamen in kurzer Zeit sehr viele Anfragen. { $count ->
        [one] Warten Sie eine Sekunde, und versuchen Sie es dann noch einmal.
       *[other] Warten Sie { $count } Sekunden, und versuchen Sie es dann noch einmal.
    }
failure-busy = Gerade zu viel zu tun
    .text = Wir können im Moment nicht antworten. Nichts ging verloren: Versuchen Sie es in einigen Sekunden noch einmal.
failure-not-allowed = Nicht erlaubt
    .text = Diese Seite dürfen Sie nicht sehen. Melden Sie sich an, oder fragen Sie die Person, die Sie eingeladen hat.
failure-broken = Etwas ging schief
    .text = Das ist unser Fehler, nicht Ihrer. Versuchen Sie es gleich noch einmal.
failure-other = Das hat nicht geklappt
    .text = Nichts geschah. Gehen Sie zurück, und versuchen Sie es noch einmal.
failure-cross-site = Das kam nicht von unserer Seite
    .text = Eine andere Seite wollte das für Sie schicken, deshalb geschah nichts. Öffnen Sie das Portal selbst, und versuchen Sie es dort noch einmal.
failure-once-more = Bitte noch einmal versuchen
    .text = Diese Seite war zu lange offen, oder Ihr Browser behält keine Cookies. Nichts geschah. Gehen Sie zurück, laden Sie die Seite neu, und versuchen Sie es noch einmal.
failure-not-open = Das ist nicht für Sie offen
    .text = Vielleicht war es das und ist beendet, oder es gehörte nie zu dem, was Sie haben. Meinen Sie, es sollte offen sein, dann fragen Sie die Person, die Sie eingeladen hat.
failure-gone = Das gibt es nicht mehr
    .text = Was Sie wollten, ist beendet oder wurde weggenommen. Fangen Sie neu an.
