# Die Türen des Portals: die Seite eines Links, um einen Link bitten, einen Code eingeben.

sign-in = Anmelden
need-help = Brauchen Sie Hilfe?

door = Anmelden
    .text = Drücken Sie den Knopf, um sich in diesem Browser bei { $portal } anzumelden.
    .button = Anmelden
    .unexpected = Haben Sie das nicht erwartet? Schließen Sie diese Seite: Nichts geschieht, bevor der Knopf gedrückt wird.
door-again = Sie sind schon angemeldet
    .text = Dieser Link hat Sie schon einmal angemeldet, in eben diesem Browser. Drücken Sie den Knopf, um weiterzugehen.
    .button = Weiter
door-once-more = Bitte noch einmal drücken
    .text = Ihr Browser hat das Cookie nicht zurückgeschickt, das zu dieser Seite gehört. Deshalb ist noch nichts geschehen, und Ihr Link gilt weiter. Bitte drücken Sie noch einmal.
    .cookies = Kommt diese Seite immer wieder, dann erlauben Sie Cookies für diese Website, oder öffnen Sie den Link in einem anderen Browser.
door-other = Als jemand anderes anmelden?
    .who = Sie sind angemeldet als { $name }.
    .ask = Als jemand anderes weitermachen?
    .text = Dieser Link wurde für eine andere Person gemacht. Machen Sie weiter, dann werden Sie in diesem Browser zuerst abgemeldet.
    .button = Als jemand anderes weiter
    .stay = Nein, angemeldet bleiben
somebody = jemand anderes

in-app = Sie sind innerhalb von { $app }
    .text = Sie können sich hier anmelden, sind dann aber nur innerhalb von { $app } angemeldet. So haben Sie das Portal in Ihrem eigenen Browser:
    .open = In meinem Browser öffnen
    .menu = Drücken Sie ⋯ oder ⋮ am Rand des Bildschirms und wählen Sie „Im Browser öffnen“.
    .copy = Oder kopieren Sie diesen Link und fügen Sie ihn in Ihren Browser ein:
app = dieser App

ask = Anmelden
    .text = Geben Sie Ihre E-Mail-Adresse oder Telefonnummer ein. Wir schicken Ihnen einen Link, der Sie anmeldet; ein Passwort gibt es nicht.
    .address = E-Mail-Adresse oder Telefonnummer
    .phones = Telefonnummern beginnen mit + und der Landesvorwahl.
    .button = Link zuschicken
    .have-code = Ich habe einen Code
    .empty = Geben Sie Ihre E-Mail-Adresse oder Telefonnummer ein.
sent = Sehen Sie in Ihre Nachrichten
    .text = Wenn wir diese Adresse kennen, ist eine Nachricht unterwegs. Darin stehen ein Link und ein Code; beide gelten { $count ->
        [one] eine Minute
       *[other] { $count } Minuten
    }.
    .next = Öffnen Sie den Link auf einem beliebigen Gerät, oder geben Sie hier den Code ein:
    .button = Code eingeben
    .nothing = Nach zwei Minuten nichts da? Sehen Sie im Spam-Ordner nach, und prüfen Sie die Schreibweise.
    .again = Noch einmal versuchen

paused = Anmelden per Nachricht ist gerade angehalten
    .text = Im Moment werden keine Links verschickt, gleich an welche Adresse; es ist also keine Nachricht unterwegs. Versuchen Sie es etwas später noch einmal.
    .have = Ein Link oder Code, den Sie schon haben, gilt weiter.
paused-messages = Anmelden per Nachricht ist gerade angehalten. Ein Link oder Code, den Sie schon haben, gilt weiter.
paused-signing-in = Anmelden ist gerade angehalten. Ihr Link ist nicht verloren: Versuchen Sie es etwas später noch einmal.

code = Mit einem Code anmelden
    .text = Zu jedem Link gehört ein Code aus acht Buchstaben und Ziffern. Geben Sie ihn ein, zusammen mit der Adresse, an die er ging.
    .wrong = Das hat nicht geklappt. Prüfen Sie beide Felder. Ein Code gilt so lange wie sein Link, und nach zu vielen Versuchen gilt nur noch der Link.
    .ask = Um einen neuen bitten
    .field = Code
    .hint = Zwei Gruppen zu vier Zeichen, so wie man sie ansagt, etwa K7QF-3M2X. Groß oder klein ist gleich, O und 0 sind dasselbe, ebenso I, L und 1.
    .button = Anmelden
    .none = Noch kein Code?
    .none-ask = Um einen Link bitten

notice-destination = Wohin Ihr Link führte, das ist nicht mehr für Sie offen. Hier ist alles, was es ist.
notice-signed-out = Sie sind abgemeldet.
notice-everywhere = Sie sind auf jedem Gerät abgemeldet, und kein Link, der an Sie ging, gilt mehr.
notice-not-me = Danke, dass Sie es uns gesagt haben. Jedes Gerät ist abgemeldet, kein Link, der an Sie ging, gilt mehr, und das Team weiß Bescheid. Wenn Sie wieder hineinmöchten, bitten Sie hier um einen neuen Link.
notice-ended = Dieses Gerät ist abgemeldet.
