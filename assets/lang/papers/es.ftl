# Spanish: the words of what is written and drawn for others: summary, report, saved pictures.

paper-weapon = Arma
paper-rule = Regla
paper-lamps = Lámparas
paper-lamps-line = izquierda {$left}, derecha {$right}
paper-touch = Tocado
paper-touch-at = a los {$at} s (± {$ms} ms)
paper-touch-none = ninguno señalado
paper-margin = Ventaja
paper-chances = Probabilidades
paper-chances-line = izquierda {$left} %, derecha {$right} %, sin tocado {$none} %
paper-seen = Visto
paper-seen-line = {$analysed} de {$received} imágenes analizadas; tirador izquierdo en el {$left} %, derecho en el {$right} %
paper-why = Por qué
paper-not-seen = No visto
paper-care = Con cautela
paper-timeline = Lo que hicieron ambos
paper-pictures = Las imágenes que deciden
paper-phrase = Frase {$n}
paper-period = Período {$n}
paper-score = Marcador antes {$left} : {$right}
paper-own-first = dada antes de ver la de la máquina
paper-blades-met = contacto de hojas
paper-white-lamp = lámpara blanca
paper-lamp = lámpara
paper-span = {$what}, de {$from} a {$to} s
paper-aid = Una ayuda para el árbitro, no el árbitro.
paper-made-by = Hecho con {$program}.

overlay-simultaneous = SIMULTÁNEO
overlay-double = GOLPE DOBLE
overlay-no-touch = SIN TOCADO
overlay-too-close = DEMASIADO JUSTO
overlay-open = SIN DECISIÓN
overlay-box = APARATO
