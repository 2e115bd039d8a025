# Dentro del portal: lo que está abierto para un contacto, y su cuenta.

nav = Portal
skip = Ir al contenido
home = Inicio
account = Cuenta
sign-out = Salir
preview = Vista previa: así lo ve { $name }. Aquí no se puede pulsar nada, no se gasta ningún enlace, y el historial le nombra a usted.
    .back = Volver al contacto

welcome = Le damos la bienvenida, { $name }
open-count = { $count ->
        [one] Hay un curso o grupo abierto para usted.
       *[other] Hay { $count } cursos y grupos abiertos para usted.
    }
courses = Cursos
groups = Grupos
course = Curso
group = Grupo
tile-open = Abierto para usted
tile-until = Abierto hasta el { $day }
tile-days = { $count ->
        [one] un día más
       *[other] { $count } días más
    }
tile-last = el último día
nothing-open = Por ahora no hay nada abierto para usted
    .text = Su acceso ha terminado o aún no ha empezado. Si cree que un curso o grupo debería estar abierto para usted, pregunte a quien le dio acceso. Su cuenta se queda, y lo que se abra para usted aparece aquí.

since = Abierto para usted desde
until = Abierto hasta
open-course = Abrir el curso
open-group = Abrir el grupo
no-page-course = Este curso aún no tiene página propia. Quien le dio acceso le dirá dónde tiene lugar.
no-page-group = Este grupo aún no tiene página propia. Quien le dio acceso le dirá dónde tiene lugar.
back-home = Volver a todo lo que está abierto para usted

your-account = Su cuenta
devices = Dónde ha entrado
this-device = este dispositivo
device = { $browser } en { $system }
device-unknown = Otro programa
signed-in-at = Entró
last-used = Último uso
address = Dirección de internet
sign-out-here = Salir
sign-out-there = Salir allí
everywhere = Salir en todas partes
    .text = Cierra todas las sesiones, también esta, y anula todos los enlaces que se le enviaron.

not-me = No fui yo
    .text = Si en esta página hay un dispositivo o un acceso que no fue suyo, díganoslo. Al momento se cierran todas las sesiones, también esta, ningún enlace que se le envió sirve ya, y el equipo se entera. Justo después puede pedir un enlace nuevo.
    .button = Cerrarlo todo y avisar al equipo

history = Su historial
history-empty = Aún nada.
did-ask = Pidió un enlace.
did-make = Se hizo un enlace para usted.
did-show = Un enlace suyo se mostró al equipo, para entregárselo.
did-text = Se envió un enlace a su teléfono.
did-mail = Se envió un enlace a su dirección de correo.
did-send = Se le envió un enlace.
did-fail = No se pudo entregar un mensaje para usted.
did-sign-in-link = Entró con un enlace, con { $device }.
did-sign-in-code = Entró con una clave, con { $device }.
did-refuse-expired = Se pulsó un enlace que había caducado, con { $device }.
did-refuse-used = Se pulsó un enlace que ya se había usado, con { $device }.
did-refuse-revoked = Se pulsó un enlace que se había desactivado, con { $device }.
did-refuse-replaced = Se pulsó un enlace que otro más nuevo había sustituido, con { $device }.
did-refuse-access-ended = Se pulsó un enlace que ya no llevaba a nada, con { $device }.
did-refuse-other-browser = Se pulsó un enlace en otro navegador que aquel en que se pidió, con { $device }.
did-refuse = Se pulsó un enlace que ya no servía, con { $device }.
did-sign-out = Salió.
did-supersede = Un acceso nuevo ocupó el lugar de otro anterior en el mismo navegador.
did-end-with-all = Salió, con todos los demás dispositivos.
did-end-own = Hizo salir a otro dispositivo.
did-end = Se hizo salir a un dispositivo.
did-revoke = Se desactivó un enlace suyo.
did-renew-own = Salió en todas partes.
did-renew = Se terminaron todos sus enlaces y sesiones anteriores.
did-dispute = Nos dijo: no fui yo. Se avisó al equipo.
did-notice = Un aviso del cambio fue a su dirección antigua.
did-preview = El equipo miró el portal tal como usted lo ve.
a-browser = un navegador
