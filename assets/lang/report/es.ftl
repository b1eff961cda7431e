# Spanish: the words of what is written and drawn for others: summary, report, saved pictures.

report-weapon = Arma
report-rule = Regla
report-lamps = Lámparas
report-lamps-line = izquierda {$left}, derecha {$right}
report-touch = Tocado
report-touch-at = a los {$at} s (± {$ms} ms)
report-touch-none = ninguno señalado
report-margin = Ventaja
report-chances = Probabilidades
report-chances-line = izquierda {$left} %, derecha {$right} %, sin tocado {$none} %
report-seen = Visto
report-seen-line = {$analysed} de {$received} imágenes analizadas; tirador izquierdo en el {$left} %, derecho en el {$right} %
report-why = Por qué
report-not-seen = No visto
report-care = Reservas
report-timeline = Cronología
report-pictures = Momentos decisivos
report-phrase = Frase {$n}
report-period = Período {$n}
report-score = Marcador antes {$left} : {$right}
report-own-first = dada antes de ver la de la máquina
report-blades-met = contacto de hojas
report-white-lamp = lámpara blanca
report-lamp = lámpara
report-span = {$what}, de {$from} a {$to} s
report-aid = Una ayuda para el árbitro, no el árbitro.
report-made-by = Hecho con {$program}.

overlay-simultaneous = SIMULTÁNEO
overlay-double = GOLPE DOBLE
overlay-no-touch = SIN TOCADO
overlay-too-close = DEMASIADO JUSTO
overlay-open = SIN DECISIÓN
overlay-box = APARATO
