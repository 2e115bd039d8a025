# Las puertas del portal: la página de un enlace, pedir un enlace, escribir una clave.

sign-in = Entrar
need-help = ¿Necesita ayuda?

door = Entrar
    .text = Pulse el botón para entrar en { $portal } con este navegador.
    .button = Entrar
    .unexpected = ¿No esperaba esto? Cierre esta página: no pasa nada hasta que se pulsa el botón.
door-again = Ya ha entrado
    .text = Este enlace ya le dio acceso antes, en este mismo navegador. Pulse el botón para continuar.
    .button = Continuar
door-once-more = Pulse otra vez
    .text = Su navegador no devolvió la cookie de esta página, así que aún no ha pasado nada y su enlace sigue sirviendo. Pulse otra vez, por favor.
    .cookies = Si esta página vuelve una y otra vez, permita las cookies de este sitio o abra el enlace en otro navegador.
door-other = ¿Entrar como otra persona?
    .who = Ha entrado como { $name }.
    .ask = ¿Continuar como otra persona?
    .text = Este enlace se hizo para alguien distinto. Si continúa, antes se cierra su sesión en este navegador.
    .button = Continuar como otra persona
    .stay = No, seguir como estoy
somebody = otra persona

in-app = Está dentro de { $app }
    .text = Puede entrar aquí, pero solo quedará dentro de { $app }. Para tener el portal en su propio navegador:
    .open = Abrir en mi navegador
    .menu = Pulse ⋯ o ⋮ en el borde de la pantalla y elija «Abrir en el navegador».
    .copy = O copie este enlace y péguelo en su navegador:
app = esta aplicación

ask = Entrar
    .text = Escriba su dirección de correo o su número de teléfono. Le enviamos un enlace para entrar; no hay contraseña.
    .address = Dirección de correo o número de teléfono
    .phones = Los números de teléfono empiezan por + y el prefijo del país.
    .button = Envíenme un enlace
    .have-code = Tengo una clave
    .empty = Escriba su dirección de correo o su número de teléfono.
sent = Mire sus mensajes
    .text = Si conocemos esta dirección, un mensaje está en camino. Lleva un enlace y una clave; ambos sirven { $count ->
        [one] un minuto
       *[other] { $count } minutos
    }.
    .next = Abra el enlace en cualquier dispositivo, o escriba la clave aquí:
    .button = Escribir la clave
    .nothing = ¿Nada después de dos minutos? Mire en el correo no deseado y compruebe cómo la escribió.
    .again = Intentarlo otra vez

paused = El acceso por mensaje está en pausa
    .text = Por ahora no se envían enlaces, sea cual sea la dirección, así que no hay ningún mensaje en camino. Vuelva a intentarlo un poco más tarde.
    .have = Un enlace o una clave que ya tenga sigue sirviendo.
paused-messages = El acceso por mensaje está en pausa. Un enlace o una clave que ya tenga sigue sirviendo.
paused-signing-in = El acceso está en pausa. Su enlace no se ha perdido: pruébelo otra vez un poco más tarde.

code = Entrar con una clave
    .text = Cada enlace lleva una clave de ocho letras y cifras. Escríbala junto con la dirección a la que se envió.
    .wrong = No ha funcionado. Compruebe ambos campos. Una clave sirve tanto como su enlace, y tras demasiados intentos solo sirve el enlace.
    .ask = Pedir otra
    .field = Clave
    .hint = Dos grupos de cuatro, tal como se dicen, por ejemplo K7QF-3M2X. Da igual mayúscula o minúscula; O y 0 son lo mismo, como I, L y 1.
    .button = Entrar
    .none = ¿Aún no tiene clave?
    .none-ask = Pedir un enlace

notice-destination = Aquello a lo que llevaba su enlace ya no está abierto para usted. Aquí está todo lo que sí lo está.
notice-signed-out = Ha salido.
notice-everywhere = Ha salido en todos los dispositivos, y ningún enlace que se le envió sirve ya.
notice-not-me = Gracias por avisarnos. Se ha salido en todos los dispositivos, ningún enlace que se le envió sirve ya, y el equipo lo sabe. Cuando lo necesite, pida aquí un enlace nuevo.
notice-ended = Ese dispositivo ha salido.
