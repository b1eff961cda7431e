# Italian: the words of what is written and drawn for others: summary, report, saved pictures.

paper-weapon = Arma
paper-rule = Regola
paper-lamps = Lampade
paper-lamps-line = sinistra {$left}, destra {$right}
paper-touch = Stoccata
paper-touch-at = a {$at} s (± {$ms} ms)
paper-touch-none = nessuna segnalata
paper-margin = Vantaggio
paper-chances = Probabilità
paper-chances-line = sinistra {$left} %, destra {$right} %, nessuna stoccata {$none} %
paper-seen = Visto
paper-seen-line = {$analysed} immagini analizzate su {$received}; schermidore a sinistra nel {$left} %, a destra nel {$right} %
paper-why = Perché
paper-not-seen = Non visto
paper-care = Con cautela
paper-timeline = Che cosa hanno fatto
paper-pictures = Le immagini che decidono
paper-phrase = Frase {$n}
paper-period = Periodo {$n}
paper-score = Punteggio prima {$left} : {$right}
paper-own-first = data prima di vedere quella della macchina
paper-blades-met = contatto delle lame
paper-white-lamp = lampada bianca
paper-lamp = lampada
paper-span = {$what}, da {$from} a {$to} s
paper-aid = Un aiuto per l’arbitro, non l’arbitro.
paper-made-by = Fatto con {$program}.

overlay-simultaneous = SIMULTANEO
overlay-double = COLPO DOPPIO
overlay-no-touch = NESSUNA STOCCATA
overlay-too-close = TROPPO VICINO
overlay-open = NON DECISO
overlay-box = APPARECCHIO
