# Italian: the words of what is written and drawn for others: summary, report, saved pictures.

report-weapon = Arma
report-rule = Regola
report-lamps = Lampade
report-lamps-line = sinistra {$left}, destra {$right}
report-touch = Stoccata
report-touch-at = a {$at} s (± {$ms} ms)
report-touch-none = nessuna segnalata
report-margin = Vantaggio
report-chances = Probabilità
report-chances-line = sinistra {$left} %, destra {$right} %, nessuna stoccata {$none} %
report-seen = Visto
report-seen-line = {$analysed} immagini analizzate su {$received}; schermidore a sinistra nel {$left} %, a destra nel {$right} %
report-why = Perché
report-not-seen = Non visto
report-care = Riserve
report-timeline = Cronologia
report-pictures = Momenti decisivi
report-phrase = Frase {$n}
report-period = Periodo {$n}
report-score = Punteggio prima {$left} : {$right}
report-own-first = data prima di vedere quella della macchina
report-blades-met = contatto delle lame
report-white-lamp = lampada bianca
report-lamp = lampada
report-span = {$what}, da {$from} a {$to} s
report-aid = Un aiuto per l’arbitro, non l’arbitro.
report-made-by = Fatto con {$program}.

overlay-simultaneous = SIMULTANEO
overlay-double = COLPO DOPPIO
overlay-no-touch = NESSUNA STOCCATA
overlay-too-close = TROPPO VICINO
overlay-open = NON DECISO
overlay-box = APPARECCHIO
