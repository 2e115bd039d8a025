# Las páginas de los enlaces que no dan acceso. Cada una dice qué pasó y qué hacer ahora.

refused-expired = Este enlace ha caducado
    .text = Los enlaces sirven por un tiempo limitado, y el de este ha terminado.
refused-used = Este enlace ya se usó
    .text = Ya ha dado acceso tantas veces como puede, así que no sirve otra vez. Si no fue usted, pida uno nuevo y mire su cuenta.
refused-revoked = Este enlace se desactivó
    .text = Se retiró antes de tiempo, así que ya no le da acceso.
refused-renewed = Este enlace ha terminado
    .text = Desde que se hizo, su acceso terminó por un tiempo, cambió su dirección, o se cerraron de una vez todos sus enlaces y sesiones. Los enlaces anteriores ya no sirven.
refused-replaced = Hay un enlace más nuevo
    .text = En lugar de este se envió otro más nuevo. Busque el último mensaje y use ese.
refused-access-ended = Su acceso ha terminado
    .text = Por ahora no hay nada abierto aquí para usted. Si cree que debería haberlo, pregunte a quien le dio acceso. Cuando vuelva a tenerlo, podrá recibir un enlace nuevo.
refused-subject-gone = Este enlace ya no es de nadie
    .text = La persona para la que se hizo ya no está con nosotros, así que no da acceso a nadie.
refused-test = Era un mensaje de prueba
    .text = Muestra cómo llega un mensaje. El enlace que lleva no da acceso a nadie.
refused-other-browser = Abra este enlace donde lo pidió
    .text = Solo sirve en el navegador en el que se pidió. Ábralo allí, o escriba en la página de acceso la clave del mismo mensaje.
stopped = El acceso está en pausa
    .text = Hemos parado el acceso por un momento. Su enlace no se ha perdido: inténtelo un poco más tarde.
unknown = Este enlace no funciona
    .text = Quizá se cortó por el camino. Cópielo entero del mensaje, o pida aquí uno nuevo.

offer-new = Envíenme uno nuevo
    .home = Va a la dirección que tenemos de usted.
    .offering = Va a la dirección que tenemos de usted y lleva al mismo sitio.
offer-ask = Pedir un enlace nuevo
offer-code = Escribir la clave
offer-wait = Intentarlo otra vez
on-its-way = Mire sus mensajes
    .text = Si se puede enviar un enlace nuevo, está en camino a la dirección que tenemos. Tarda un minuto como mucho.
    .nothing = ¿No llega nada?
    .ask = Pida un enlace en la página de acceso.

failure-to-portal = Ir al portal
failure-to-console = Ir a la consola
failure-not-found = Aquí no hay nada
    .text = En esta dirección no hay ninguna página. Compruebe si está bien escrita, o empiece de nuevo.
failure-method = Eso no se puede hacer aquí
    .text = Esta dirección existe, pero no para lo que se le pidió. Empiece de nuevo.
failure-too-large = Demasiado de una vez
    .text = Lo que se envió es demasiado grande. Envíe menos e inténtelo otra vez.
failure-unreadable = No se pudo leer
    .text = No se entendió lo que se envió, así que no se hizo nada. Vuelva atrás, cargue la página de nuevo e inténtelo otra vez.
failure-slow = Ha tardado demasiado
    .text = Su conexión fue demasiado lenta esta vez. Inténtelo otra vez.
failure-too-many = Demasiadas peticiones
    .text = Desde su conexión se pidió mucho en poco tiempo. { $count ->
        [one] Espere un segundo e inténtelo otra vez.
       *[other] Espere { $count } segundos e inténtelo otra vez.
    }
failure-busy = Mucho trabajo en este momento
    .text = Ahora mismo no podemos responder. No se ha perdido nada: inténtelo en unos segundos.
failure-not-allowed = No permitido
    .text = No puede ver esta página. Entre, o pregunte a quien le dio acceso.
failure-broken = Algo ha fallado
    .text = Es culpa nuestra, no suya. Inténtelo dentro de un momento.
failure-other = No ha funcionado
    .text = No se hizo nada. Vuelva atrás e inténtelo otra vez.
failure-cross-site = Esto no vino de nuestra página
    .text = Otra página intentó enviarlo por usted, así que no se hizo nada. Abra el portal usted mismo e inténtelo allí.
failure-once-more = Inténtelo otra vez, por favor
    .text = Esta página estuvo abierta demasiado tiempo, o su navegador no guarda cookies. No se hizo nada. Vuelva atrás, cargue la página de nuevo e inténtelo otra vez.
failure-not-open = Esto no está abierto para usted
    .text = Quizá lo estuvo y terminó, o nunca fue parte de lo que tiene. Si cree que debería estar abierto, pregunte a quien le dio acceso.
failure-gone = Esto ya no existe
    .text = Lo que pidió ha terminado o se retiró. Empiece de nuevo.
